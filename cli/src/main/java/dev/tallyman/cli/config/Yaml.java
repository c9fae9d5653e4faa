package dev.tallyman.cli.config;

import dev.tallyman.cli.process.Failure;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/**
 * A YAML file read into plain maps, lists, texts, {@link Long}s, {@link BigDecimal}s and booleans,
 * which remembers the line of every path, so that a mistake found later can be shown where it is.
 *
 * <p>It is stricter than YAML: no anchors, no aliases, no tags, no key twice, keys are texts, one
 * document, at most {@link #LIMIT} characters and {@link #DEPTH} levels.
 *
 * @param values the document; empty for an empty file
 * @param lines the line, from 1, of each path such as {@code prices[2].model}
 * @param mistakes what is wrong with the file as YAML, in order of line
 */
public record Yaml(Map<String, Object> values, Map<String, Integer> lines, List<Mistake> mistakes) {
  static final int LIMIT = 1_000_000;
  static final int DEPTH = 20;

  /** A file without a word in it. */
  static final Yaml EMPTY = new Yaml(Map.of(), Map.of(), List.of());

  /**
   * Reads a file's text.
   *
   * @param name the file, as mistakes call it
   */
  public static Yaml parse(String text, String name) {
    return new Reader(name).read(text);
  }

  /** The line of a path or, where the file does not hold it, of the nearest thing above it. */
  int line(String path) {
    String p = path;
    while (!p.isEmpty()) {
      Integer line = lines.get(p);
      if (line != null) {
        return line;
      }
      int cut = Math.max(p.lastIndexOf('.'), p.lastIndexOf('['));
      p = cut < 0 ? "" : p.substring(0, cut);
    }
    return 1;
  }

  private static final class Reader {
    private final String name;
    private final Map<String, Integer> lines = new LinkedHashMap<>();
    private final List<Mistake> mistakes = new ArrayList<>();

    Reader(String name) {
      this.name = name;
    }

    Yaml read(String text) {
      Map<String, Object> values = new LinkedHashMap<>();
      if (text.length() > LIMIT) {
        add(1, "the file has " + text.length() + " characters", "at most " + LIMIT);
        return done(values);
      }
      LoadSettings settings =
          LoadSettings.builder()
              .setLabel(name)
              .setSchema(new CoreSchema())
              .setCodePointLimit(LIMIT)
              .setMaxAliasesForCollections(0)
              .setAllowRecursiveKeys(false)
              .build();
      try {
        var nodes = new Compose(settings).composeAllFromString(text).iterator();
        if (nodes.hasNext()) {
          Node root = nodes.next();
          if (root instanceof MappingNode mapping) {
            values = map(mapping, "", 0);
          } else if (!(root instanceof ScalarNode scalar && scalar.getValue().isEmpty())) {
            add(line(root), "the file is not a mapping", "write `name: value` lines");
          }
          if (nodes.hasNext()) {
            add(line(nodes.next()), "a second document begins here", "remove the `---`");
          }
        }
      } catch (MarkedYamlEngineException e) {
        Optional<Mark> mark = e.getProblemMark().or(e::getContextMark);
        String problem = e.getProblem() == null ? "this is not YAML" : e.getProblem();
        boolean tab = problem.contains("TAB") || problem.contains("'\\t'");
        add(
            mark.map(m -> m.getLine() + 1).orElse(1),
            tab ? "a tab is used for indentation" : problem,
            tab ? "indent with spaces" : "correct the YAML");
      } catch (YamlEngineException e) {
        add(1, Failure.message(e), "correct the YAML");
      }
      return done(values);
    }

    private Yaml done(Map<String, Object> values) {
      return new Yaml(values, lines, List.copyOf(mistakes));
    }

    private Map<String, Object> map(MappingNode node, String path, int depth) {
      refuseAnchor(node);
      Map<String, Object> map = new LinkedHashMap<>();
      if (tooDeep(node, depth)) {
        return map;
      }
      Map<String, Integer> seen = new LinkedHashMap<>();
      for (NodeTuple tuple : node.getValue()) {
        int line = line(tuple.getKeyNode());
        if (!(tuple.getKeyNode() instanceof ScalarNode scalar)) {
          add(line, "a key is not a text", "write `name: value`");
          continue;
        }
        refuseAnchor(scalar);
        String key = scalar.getValue();
        Integer first = seen.putIfAbsent(key, line);
        if (first != null) {
          add(line, "'" + key + "' is written twice", "it is also in line " + first);
          continue;
        }
        String below = path.isEmpty() ? key : path + "." + key;
        lines.put(below, line);
        Object value = value(tuple.getValueNode(), below, depth + 1);
        if (value != null) {
          map.put(key, value);
        }
      }
      return map;
    }

    private @Nullable Object value(Node node, String path, int depth) {
      if (!lines.containsKey(path)) {
        lines.put(path, line(node));
      }
      return switch (node) {
        case MappingNode mapping -> map(mapping, path, depth);
        case SequenceNode sequence -> list(sequence, path, depth);
        case ScalarNode scalar -> scalar(scalar);
        default -> {
          add(line(node), "an alias is used", "write the value out");
          yield null;
        }
      };
    }

    private List<Object> list(SequenceNode node, String path, int depth) {
      refuseAnchor(node);
      List<Object> list = new ArrayList<>();
      if (tooDeep(node, depth)) {
        return list;
      }
      int index = 0;
      for (Node element : node.getValue()) {
        Object value = value(element, path + "[" + index + "]", depth + 1);
        if (value == null) {
          add(line(element), "an element of the list is empty", "write a value or remove the line");
        } else {
          list.add(value);
        }
        index++;
      }
      return list;
    }

    private @Nullable Object scalar(ScalarNode node) {
      refuseAnchor(node);
      String text = node.getValue();
      Tag tag = node.getTag();
      if (tag.equals(Tag.STR)) {
        return text;
      }
      if (tag.equals(Tag.NULL)) {
        return null;
      }
      if (tag.equals(Tag.BOOL)) {
        return text.equalsIgnoreCase("true");
      }
      if (tag.equals(Tag.INT)) {
        return integer(text);
      }
      if (tag.equals(Tag.FLOAT)) {
        try {
          return new BigDecimal(text);
        } catch (NumberFormatException _) {
          add(line(node), "'" + text + "' is not a number", "write it in decimal digits");
          return null;
        }
      }
      add(line(node), "a tag such as " + tag.getValue() + " is used", "write the plain value");
      return null;
    }

    /** An integer beyond a {@code long} stays exact as a decimal. */
    private static Object integer(String text) {
      boolean special =
          text.length() > 2 && text.charAt(0) == '0' && !Character.isDigit(text.charAt(1));
      if (special) {
        int radix = text.charAt(1) == 'x' ? 16 : 8;
        return new BigInteger(text.substring(2), radix).longValue();
      }
      BigInteger value = new BigInteger(text.startsWith("+") ? text.substring(1) : text);
      return value.bitLength() < Long.SIZE ? (Object) value.longValue() : new BigDecimal(value);
    }

    private boolean tooDeep(Node node, int depth) {
      if (depth > DEPTH) {
        add(line(node), "more than " + DEPTH + " levels are nested", "flatten it");
        return true;
      }
      return false;
    }

    private void refuseAnchor(Node node) {
      if (node.getAnchor().isPresent()) {
        add(line(node), "an anchor is used", "write the value out where it is needed");
      }
    }

    private void add(int line, String what, String remedy) {
      mistakes.add(new Mistake(name + ":" + line, what, remedy));
    }

    private static int line(Node node) {
      return node.getStartMark().map(m -> m.getLine() + 1).orElse(1);
    }
  }
}

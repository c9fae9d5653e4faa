package dev.tallyman.dynamodb;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.constructor.StandardConstructor;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * What template.yaml says, once its parameters have values. What CloudFormation alone can know,
 * such as {@code !GetAtt}, is left in its long form: a map of one entry, {@code Fn::GetAtt}.
 */
public final class Template {
  private static final Pattern PLACE = Pattern.compile("\\$\\{([A-Za-z0-9:.]+)}");

  private final Map<?, ?> document;
  private final Map<String, Object> values = new HashMap<>();

  private Template(Map<?, ?> document, Map<String, ?> given) {
    this.document = document;
    map(document.get("Parameters"))
        .forEach((name, parameter) -> values.put(name, text(map(parameter).get("Default"))));
    values.putAll(given);
  }

  /** The template's own text. */
  public static String text() {
    try {
      return Files.readString(Checkout.find("template.yaml").orElseThrow());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The template with every parameter at its default. */
  public static Template read() {
    return of(text(), Map.of());
  }

  /**
   * A template.
   *
   * @param values what {@code !Ref} means, by name: of parameters, which have defaults, and of
   *     resources and pseudo parameters, which are left alone otherwise
   */
  public static Template of(String text, Map<String, ?> values) {
    var settings = LoadSettings.builder().setLabel("template.yaml").build();
    return new Template(
        (Map<?, ?>) new Load(settings, new Tags(settings)).loadFromString(text), values);
  }

  /** The names of a section's members, such as those of {@code Resources}. */
  public List<String> names(String section) {
    return List.copyOf(map(document.get(section)).keySet());
  }

  /** A value somewhere in the template, with all resolved that can be; null if nothing is there. */
  public @Nullable Object at(String... path) {
    Object value = document;
    for (String name : path) {
      value = value == null ? null : map(value).get(name);
    }
    return resolved(value);
  }

  /** The same for a place where a map is. */
  public Map<String, Object> mapAt(String... path) {
    return map(Objects.requireNonNull(at(path), () -> String.join(".", path)));
  }

  /** Whether a resource is made, with these values. */
  public boolean isMade(String resource) {
    var condition = map(map(document.get("Resources")).get(resource)).get("Condition");
    return condition == null || holds((String) condition);
  }

  private @Nullable Object resolved(@Nullable Object value) {
    return switch (value) {
      case Map<?, ?> map when map.size() == 1 && isFunction(map.keySet().iterator().next()) ->
          called((String) map.keySet().iterator().next(), map.values().iterator().next());
      case Map<?, ?> map -> {
        var all = new LinkedHashMap<String, Object>();
        map.forEach((name, member) -> put(all, (String) name, resolved(member)));
        yield all;
      }
      case List<?> list -> {
        var all = new ArrayList<Object>();
        list.forEach(each -> add(all, resolved(each)));
        yield all;
      }
      case null, default -> value;
    };
  }

  private @Nullable Object called(String function, Object argument) {
    return switch (function) {
      case "Ref" ->
          argument.equals("AWS::NoValue")
              ? null
              : values.getOrDefault(argument, asIs(function, argument));
      case "Fn::Equals" -> {
        var sides = (List<?>) Objects.requireNonNull(resolved(argument));
        yield text(sides.get(0)).equals(text(sides.get(1)));
      }
      case "Fn::Not" ->
          Boolean.FALSE.equals(((List<?>) Objects.requireNonNull(resolved(argument))).getFirst());
      case "Fn::If" -> {
        var parts = (List<?>) argument;
        yield resolved(holds((String) parts.get(0)) ? parts.get(1) : parts.get(2));
      }
      case "Fn::FindInMap" -> {
        var keys = (List<?>) Objects.requireNonNull(resolved(argument));
        yield at("Mappings", text(keys.get(0)), text(keys.get(1)), text(keys.get(2)));
      }
      case "Fn::Sub" -> substituted(argument);
      default -> asIs(function, Objects.requireNonNull(resolved(argument)));
    };
  }

  private Object substituted(Object argument) {
    var local = new HashMap<>(values);
    if (argument instanceof List<?> pair) {
      local.putAll(map(Objects.requireNonNull(resolved(pair.get(1)))));
    }
    var text = argument instanceof List<?> pair ? (String) pair.get(0) : (String) argument;
    return PLACE
        .matcher(text)
        .replaceAll(place ->
            Matcher.quoteReplacement(
                local.get(place.group(1)) instanceof String known ? known : place.group()));
  }

  private boolean holds(String condition) {
    return Boolean.TRUE.equals(at("Conditions", condition));
  }

  private static boolean isFunction(@Nullable Object name) {
    return name instanceof String text && (text.equals("Ref") || text.startsWith("Fn::"));
  }

  private static Map<String, Object> asIs(String function, Object argument) {
    return Map.of(function, argument);
  }

  private static void put(Map<String, Object> all, String name, @Nullable Object value) {
    if (value != null) {
      all.put(name, value);
    }
  }

  private static void add(List<Object> all, @Nullable Object value) {
    if (value != null) {
      all.add(value);
    }
  }

  private static String text(@Nullable Object value) {
    return String.valueOf(value);
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> map(@Nullable Object value) {
    return (Map<String, Object>) Objects.requireNonNull(value);
  }

  /** Turns {@code !Name} into the long form, {@code Fn::Name} or {@code Ref}. */
  private static final class Tags extends StandardConstructor {
    private static final List<String> FUNCTIONS =
        List.of("Equals", "FindInMap", "GetAtt", "If", "Not", "Sub");

    Tags(LoadSettings settings) {
      super(settings);
      tagConstructors.put(new Tag("!Ref"), node -> Map.of("Ref", argument(node)));
      for (String function : FUNCTIONS) {
        tagConstructors.put(
            new Tag("!" + function), node -> Map.of("Fn::" + function, argument(node)));
      }
    }

    private Object argument(@Nullable Node node) {
      return switch (node) {
        case SequenceNode list -> constructSequence(list);
        case MappingNode map -> constructMapping(map);
        case ScalarNode scalar -> scalar.getValue();
        case null, default -> throw new IllegalArgumentException("not understood: " + node);
      };
    }
  }
}

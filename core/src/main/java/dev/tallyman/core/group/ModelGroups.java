package dev.tallyman.core.group;

import dev.tallyman.core.ModelPatterns;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which model belongs to which group. Immutable.
 *
 * <p>A model that no pattern names counts in {@code premium}, the dearer pool, or in the first
 * group where there is none of that name. A fine-tuned model is in no group, unless a pattern that
 * itself begins with {@code ft:} names it.
 */
public final class ModelGroups {
  /** The group in which unknown models count. */
  public static final String PREMIUM = "premium";

  /** The group of the smaller models. */
  public static final String MINI = "mini";

  private static final String RESOURCE = "groups.txt";
  private static final String FINE_TUNED = "ft:";
  private static final String FINE_TUNED_IN_BILLS = ".ft-";

  private final List<ModelGroup> groups;
  private final Map<String, Long> lowLimits;
  private final LocalDate asOf;
  private final String source;
  private final ModelPatterns<String> tuned;
  private final ModelPatterns<String> others;

  private ModelGroups(
      List<ModelGroup> groups, Map<String, Long> lowLimits, LocalDate asOf, String source) {
    this.groups = List.copyOf(groups);
    this.lowLimits = Map.copyOf(lowLimits);
    this.asOf = asOf;
    this.source = source;
    var tunedPatterns = new HashMap<String, String>();
    var otherPatterns = new HashMap<String, String>();
    var names = new LinkedHashSet<String>();
    for (ModelGroup group : groups) {
      if (!names.add(group.name())) {
        throw new IllegalArgumentException("two groups are called " + group.name());
      }
      for (String pattern : group.patterns()) {
        String folded = ModelPatterns.fold(pattern);
        Map<String, String> patterns = isFineTuned(folded) ? tunedPatterns : otherPatterns;
        String other = patterns.put(folded, group.name());
        if (other != null && !other.equals(group.name())) {
          throw new IllegalArgumentException(
              pattern + " is both in " + other + " and in " + group.name());
        }
      }
    }
    this.tuned = ModelPatterns.of(tunedPatterns);
    this.others = ModelPatterns.of(otherPatterns);
  }

  /** The groups that come with this program: {@code premium} and {@code mini}. */
  public static ModelGroups builtIn() {
    return BuiltIn.GROUPS;
  }

  /**
   * Other groups than the built-in ones.
   *
   * @param groups in the order in which they are shown
   * @param asOf when the lists were true
   * @param source where the lists come from
   * @throws IllegalArgumentException if two have the same name or the same pattern
   */
  public static ModelGroups of(List<ModelGroup> groups, LocalDate asOf, String source) {
    return new ModelGroups(groups, Map.of(), asOf, source);
  }

  /**
   * The name of the group in which a completions model counts, or empty for a fine-tuned model.
   * Groups are about completions only: a model of another endpoint is in none, whatever this says.
   *
   * @param model null for usage of which the provider does not name the model
   */
  public Optional<String> groupOf(@Nullable String model) {
    if (model == null) {
      return ofUnknown();
    }
    if (isFineTuned(ModelPatterns.plain(model))) {
      return tuned.find(model);
    }
    return others.find(model).or(this::ofUnknown);
  }

  /**
   * Whether it is known where a model belongs; false for null. Of an unknown model users are to be
   * warned, since its group is a guess.
   */
  public boolean known(@Nullable String model) {
    return model != null
        && (isFineTuned(ModelPatterns.plain(model)) || others.find(model).isPresent());
  }

  /** All groups, in the order in which they are shown. */
  public List<ModelGroup> groups() {
    return groups;
  }

  /** The group of this name, or empty. */
  public Optional<ModelGroup> group(String name) {
    return groups.stream().filter(group -> group.name().equals(name)).findFirst();
  }

  /** When the lists were true. */
  public LocalDate asOf() {
    return asOf;
  }

  /** Where the lists come from. */
  public String source() {
    return source;
  }

  /** These groups with another limit for one of them; the same groups if there is none so named. */
  public ModelGroups withDailyLimit(String name, long tokens) {
    return new ModelGroups(
        groups.stream()
            .map(group -> group.name().equals(name) ? group.withDailyLimit(tokens) : group)
            .toList(),
        lowLimits,
        asOf,
        source);
  }

  /** These groups with the limits of the provider's usage tiers 1 and 2 for the built-in ones. */
  public ModelGroups withLowUsageTierLimits() {
    ModelGroups low = this;
    for (Map.Entry<String, Long> limit : BuiltIn.GROUPS.lowLimits.entrySet()) {
      low = low.withDailyLimit(limit.getKey(), limit.getValue());
    }
    return low;
  }

  /** These groups with one more, which takes the place of one of the same name. */
  public ModelGroups with(ModelGroup added) {
    var changed = new ArrayList<ModelGroup>();
    boolean replaced = false;
    for (ModelGroup group : groups) {
      boolean same = group.name().equals(added.name());
      replaced |= same;
      changed.add(same ? added : group);
    }
    if (!replaced) {
      changed.add(added);
    }
    return new ModelGroups(changed, lowLimits, asOf, source);
  }

  private Optional<String> ofUnknown() {
    return group(PREMIUM).or(() -> groups.stream().findFirst()).map(ModelGroup::name);
  }

  private static boolean isFineTuned(String folded) {
    return folded.startsWith(FINE_TUNED) || folded.contains(FINE_TUNED_IN_BILLS);
  }

  /**
   * The groups that this text describes; its form is described at the head of the resource.
   *
   * @throws IllegalArgumentException with the line, if the text is not of that form
   */
  static ModelGroups parse(String text) {
    var limits = new LinkedHashMap<String, Long>();
    var lowLimits = new LinkedHashMap<String, Long>();
    var patterns = new HashMap<String, List<String>>();
    LocalDate asOf = LocalDate.EPOCH;
    String source = "";
    int number = 0;
    for (String line : text.lines().toList()) {
      number++;
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      String[] fields = line.split(", *", 4);
      try {
        switch (fields[0]) {
          case "as-of" -> asOf = LocalDate.parse(fields[1]);
          case "source" -> source = line.substring(line.indexOf(',') + 1).strip();
          case "group" -> {
            limits.put(fields[1], Long.parseLong(fields[2]));
            lowLimits.put(fields[1], Long.parseLong(fields[3].strip()));
            patterns.put(fields[1], new ArrayList<>());
          }
          case "models" -> {
            List<String> models = patterns.get(fields[1]);
            if (models == null) {
              throw new IllegalArgumentException("the group " + fields[1] + " is not known");
            }
            models.addAll(List.of(fields[2].split(" +", -1)));
          }
          default -> throw new IllegalArgumentException("unknown kind of line");
        }
      } catch (RuntimeException e) {
        throw new IllegalArgumentException("line " + number + " of the groups: " + line, e);
      }
    }
    var groups = new ArrayList<ModelGroup>();
    limits.forEach((name, limit) ->
        groups.add(new ModelGroup(name, patterns.getOrDefault(name, List.of()), limit)));
    return new ModelGroups(groups, lowLimits, asOf, source);
  }

  private static final class BuiltIn {
    static final ModelGroups GROUPS = parse(resource());

    private static String resource() {
      try (InputStream in = ModelGroups.class.getResourceAsStream(RESOURCE)) {
        if (in == null) {
          throw new IllegalStateException("the resource " + RESOURCE + " is missing");
        }
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}

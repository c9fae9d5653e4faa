package dev.tallyman.core.settings;

import dev.tallyman.core.ModelPatterns;
import dev.tallyman.core.group.ModelGroup;
import dev.tallyman.core.group.ModelGroups;
import dev.tallyman.core.settings.Section.Listed;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads the model groups of a settings document, and who draws on their pools. */
final class GroupReader {
  static final String DAILY_LIMIT = "daily_limit";
  private static final String MODELS = "models";
  private static final String MORE_MODELS = "more_models";
  private static final String LIMITS = "limits";
  private static final String PROJECTS = "projects";
  private static final String STANDARD = "standard";
  private static final String LOW_USAGE_TIERS = "low_usage_tiers";
  private static final long MOST_TOKENS = 1_000_000_000_000_000L;
  private static final int MOST_GROUPS = 50;
  private static final int MOST_MODELS = 1000;
  private static final int MOST_PROJECTS = 10_000;

  private GroupReader() {}

  /**
   * The groups: the built-in ones with the limits that the section of pools chooses, changed by the
   * section of groups. Both sections are kept.
   *
   * @param bounds how many groups there may be
   */
  static ModelGroups groups(Section pools, Section section, Bounds bounds) {
    pools.only(List.of(LIMITS, PROJECTS));
    return groups(limits(pools), section, bounds);
  }

  private static ModelGroups limits(Section pools) {
    Optional<String> preset = pools.text(LIMITS);
    List<String> allowed = List.of(STANDARD, LOW_USAGE_TIERS);
    if (preset.isPresent() && !allowed.contains(preset.get())) {
      pools.add(
          LIMITS,
          "knows no %s%s; allowed: %s (of usage tiers 3 to 5) and %s (of 1 and 2)"
              .formatted(
                  Text.shown(preset.get()),
                  Text.didYouMean(preset.get(), allowed),
                  STANDARD,
                  LOW_USAGE_TIERS));
    }
    if (preset.isPresent() && preset.get().equals(LOW_USAGE_TIERS)) {
      pools.keep(LIMITS, LOW_USAGE_TIERS);
      return ModelGroups.builtIn().withLowUsageTierLimits();
    }
    return ModelGroups.builtIn();
  }

  /** The ids of the projects that draw on the pools, which are kept; empty for all. */
  static Set<String> projects(Section pools) {
    List<String> projects =
        pools.texts(PROJECTS, MOST_PROJECTS).stream().map(Listed::text).toList();
    if (!projects.isEmpty()) {
      pools.keep(PROJECTS, projects);
    }
    return new LinkedHashSet<>(projects);
  }

  private static ModelGroups groups(ModelGroups builtIn, Section section, Bounds bounds) {
    if (section.names().size() > bounds.most(MOST_GROUPS)) {
      section.note(section.path(), "are more than " + MOST_GROUPS);
      return builtIn;
    }
    var own = new HashMap<String, String>();
    var said = new LinkedHashMap<String, ModelGroup>();
    for (String name : section.names()) {
      if (!ModelGroup.isName(name)) {
        section.add(
            name,
            "cannot be the name of a group; allowed are 1 to %d of a-z, 0-9, - and _"
                .formatted(ModelGroup.MAX_NAME));
        continue;
      }
      Section fields = section.section(name);
      said.put(name, group(name, fields, builtIn.group(name), own));
      section.keep(name, fields.canonical());
    }
    ModelGroups groups = builtIn;
    if (section.sound()) {
      for (ModelGroup group : builtIn.groups()) {
        groups = groups.with(without(group, own));
      }
      for (ModelGroup group : said.values()) {
        groups = groups.with(without(group, own));
      }
    }
    return groups;
  }

  /** A group without the patterns that the document puts into another group. */
  private static ModelGroup without(ModelGroup group, Map<String, String> own) {
    List<String> kept =
        group.patterns().stream()
            .filter(pattern -> own.getOrDefault(pattern, group.name()).equals(group.name()))
            .toList();
    return new ModelGroup(group.name(), kept, group.dailyLimit());
  }

  private static ModelGroup group(
      String name, Section fields, Optional<ModelGroup> builtIn, Map<String, String> own) {
    fields.only(List.of(MODELS, MORE_MODELS, DAILY_LIMIT));
    List<String> models = patterns(name, fields, MODELS, own);
    List<String> more = patterns(name, fields, MORE_MODELS, own);
    Optional<Long> limit = fields.number(DAILY_LIMIT, 0, MOST_TOKENS);
    if (builtIn.isEmpty()) {
      if (!fields.has(MODELS)) {
        fields.add(MODELS, "is missing; a group that is not built in needs its models");
      }
      if (!fields.has(DAILY_LIMIT)) {
        fields.add(DAILY_LIMIT, "is missing; give the tokens a day, or 0 for no pool");
      }
    }
    if (fields.has(MODELS) && fields.has(MORE_MODELS)) {
      fields.add(MORE_MODELS, "cannot stand beside models, which replaces the list; use one");
    }
    var all = new LinkedHashSet<String>();
    if (fields.has(MODELS)) {
      all.addAll(models);
    } else {
      builtIn.ifPresent(group -> all.addAll(group.patterns()));
      all.addAll(more);
    }
    long tokens = limit.orElseGet(() -> builtIn.map(ModelGroup::dailyLimit).orElse(0L));
    return new ModelGroup(name, List.copyOf(all), tokens);
  }

  private static List<String> patterns(
      String group, Section fields, String field, Map<String, String> own) {
    var patterns = new ArrayList<String>();
    if (!fields.has(field)) {
      return patterns;
    }
    for (Listed listed : fields.texts(field, MOST_MODELS)) {
      String pattern = listed.text();
      Optional<String> problem = ModelPatterns.problem(pattern);
      String folded = ModelPatterns.fold(pattern);
      String other = problem.isPresent() ? null : own.putIfAbsent(folded, group);
      if (problem.isPresent()) {
        fields.note(listed.path(), Text.shown(pattern) + " " + problem.get());
      } else if (other != null && !other.equals(group)) {
        fields.note(
            listed.path(), Text.shown(pattern) + " is also in the group " + other + "; remove one");
      } else {
        patterns.add(folded);
      }
    }
    fields.keep(field, List.copyOf(patterns));
    return patterns;
  }
}

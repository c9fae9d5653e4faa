package dev.tallyman.core.group;

import dev.tallyman.core.usage.Dimension;
import dev.tallyman.core.usage.Quantity;
import dev.tallyman.core.usage.UsageEndpoint;
import dev.tallyman.core.usage.UsageRow;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Counts how much of each group's pool the usage of a UTC day took: input and output tokens, cached
 * ones in full, of completions only. For one thread.
 */
public final class Pools {
  /** What an unknown model is called that the provider did not name. */
  public static final String NO_MODEL = "(none)";

  private final ModelGroups groups;
  private final Set<String> projects;
  private final Map<String, Long> used = new HashMap<>();
  private final SortedSet<String> unknown = new TreeSet<>();

  /**
   * Pools of which nothing is used yet.
   *
   * @param projects the ids of the projects that share data; empty for all
   */
  public Pools(ModelGroups groups, Set<String> projects) {
    this.groups = groups;
    this.projects = Set.copyOf(projects);
  }

  /**
   * Counts a row in; rows of other endpoints and projects and of fine-tuned models change nothing.
   *
   * @return this
   * @throws ArithmeticException if a sum exceeds a long
   */
  public Pools add(UsageEndpoint endpoint, UsageRow row) {
    if (endpoint != UsageEndpoint.Known.COMPLETIONS || !shares(row.get(Dimension.PROJECT))) {
      return this;
    }
    String model = row.get(Dimension.MODEL);
    long tokens =
        Math.addExact(row.orZero(Quantity.INPUT_TOKENS), row.orZero(Quantity.OUTPUT_TOKENS));
    groups.groupOf(model).ifPresent(group -> used.merge(group, tokens, Math::addExact));
    if (tokens != 0 && !groups.known(model)) {
      unknown.add(model == null ? NO_MODEL : model);
    }
    return this;
  }

  /** What is used of each pool, in the order of the groups; of an untouched one nothing. */
  public List<PoolUsage> usage() {
    return groups.groups().stream()
        .map(group ->
            new PoolUsage(group.name(), used.getOrDefault(group.name(), 0L), group.dailyLimit()))
        .toList();
  }

  /** The models that were counted without being known, of which users are to be warned. */
  public SortedSet<String> unknownModels() {
    return Collections.unmodifiableSortedSet(unknown);
  }

  private boolean shares(@Nullable String project) {
    return projects.isEmpty() || (project != null && projects.contains(project));
  }
}

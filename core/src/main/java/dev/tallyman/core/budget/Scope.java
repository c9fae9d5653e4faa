package dev.tallyman.core.budget;

import dev.tallyman.core.metric.GroupBy;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What a budget covers.
 *
 * @param parts by dimension the values of which any one counts, all dimensions at once; empty for
 *     the whole organization
 */
public record Scope(Map<GroupBy, SortedSet<String>> parts) {
  /** The whole organization. */
  public static final Scope ORGANIZATION = new Scope(Map.of());

  public Scope {
    SortedMap<GroupBy, SortedSet<String>> copy = GroupBy.map();
    parts.forEach(
        (by, values) -> copy.put(by, Collections.unmodifiableSortedSet(new TreeSet<>(values))));
    parts = Collections.unmodifiableMap(copy);
  }

  /** The dimensions that it narrows, in their order. */
  public Set<GroupBy> dimensions() {
    return parts.keySet();
  }

  /** Whether it covers one value of this dimension only. */
  public boolean isOne(GroupBy dimension) {
    SortedSet<String> values = parts.get(dimension);
    return values != null && values.size() == 1;
  }

  /** For instance {@code project=proj_1,model=gpt-5|gpt-5-mini}; empty for the organization. */
  @Override
  public String toString() {
    return parts.entrySet().stream()
        .map(part -> part.getKey().id() + "=" + String.join("|", part.getValue()))
        .collect(Collectors.joining(","));
  }
}

package dev.tallyman.simulator;

import dev.tallyman.core.usage.Dimension;
import dev.tallyman.core.usage.UsageEndpoint.Known;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one endpoint in one grouping, bucket after bucket: what a single question keeps while
 * it is answered. Not safe for several threads.
 */
@SuppressWarnings("EnumOrdinal") // Arrays by dimension in memory, on the hottest path.
final class Usage {
  private static final int UNSEEN = -2;
  private static final int DROPPED = -1;
  private static final int SCALE = 1000;

  private final World world;
  private final Weather weather;
  private final Known endpoint;
  private final Set<Dimension> groupBy;
  private final Map<Dimension, Set<String>> filter;
  private final List<Traffic> traffic;
  private final int[] billed;
  private final int[] complimentary;
  private final Map<List<@Nullable String>, Group> byDimensions = new HashMap<>();
  private final List<Group> groups = new ArrayList<>();
  private final List<Group> touched = new ArrayList<>();
  private final long[] slots = new long[Slots.SIZE];
  private final long[] part = new long[Slots.SIZE];

  /**
   * @param filter the values that each dimension may have; none for a dimension that may have any
   */
  Usage(
      World world,
      Weather weather,
      Known endpoint,
      Set<Dimension> groupBy,
      Map<Dimension, Set<String>> filter) {
    this.world = world;
    this.weather = weather;
    this.endpoint = endpoint;
    this.groupBy = groupBy;
    this.filter = filter;
    traffic = world.traffic(endpoint);
    billed = new int[traffic.size()];
    complimentary = new int[traffic.size()];
    Arrays.fill(billed, UNSEEN);
    Arrays.fill(complimentary, UNSEEN);
  }

  /** One row of a bucket; valid until the next bucket is asked for. */
  static final class Group {
    final @Nullable String[] dimensions;
    final long[] slots = new long[Slots.SIZE];
    private final int index;
    private boolean present;
    private boolean early;

    private Group(@Nullable String[] dimensions, int index) {
      this.dimensions = dimensions;
      this.index = index;
    }

    @Nullable String get(Dimension dimension) {
      return dimensions[dimension.ordinal()];
    }

    /** Whether only the counters of 2024 are told. */
    boolean early() {
      return early;
    }
  }

  /**
   * The rows of the minutes in {@code [from, to)}, counted from 1970, as far as they are visible.
   */
  List<Group> rows(long from, long to) {
    for (Group group : touched) {
      Arrays.fill(group.slots, 0);
      group.present = false;
    }
    touched.clear();
    long end = Math.min(to, weather.nowMinute());
    for (long hour = Math.floorDiv(from, World.MINUTES); hour * World.MINUTES < end; hour++) {
      int first = (int) Math.max(0, from - hour * World.MINUTES);
      int last = (int) Math.min(World.MINUTES, end - hour * World.MINUTES);
      int candidates = world.candidates(endpoint);
      for (int i = 0; i < candidates; i++) {
        add(world.candidate(endpoint, hour, i), hour, first, last);
      }
    }
    if (endpoint.gauge()) {
      // Bytes are a gauge: a longer bucket holds their average, not their sum.
      long minutes = Math.max(1, end - from);
      touched.forEach(group -> group.slots[Slots.COUNT] /= minutes);
    }
    return touched;
  }

  private void add(int index, long hour, int first, int last) {
    Traffic of = traffic.get(index);
    if (!world.volume(of, hour, slots)) {
      return;
    }
    int visible = weather.visibleMinutes(of, hour);
    Dimension unknown = weather.unknown(of, hour);
    if (endpoint.gauge()) {
      if (visible > 0) {
        long held = slots[Slots.COUNT];
        slots[Slots.COUNT] = held * (last - first);
        collect(index, unknown, false, slots);
      }
      return;
    }
    int told = weather.toldAs(of, hour);
    if (told != SCALE) {
      for (int slot = 0; slot < Slots.SIZE; slot++) {
        slots[slot] = slots[slot] * told / SCALE;
      }
      slots[Slots.COUNT] = Math.max(1, slots[Slots.COUNT]);
    }
    int until = Math.min(last, visible);
    if (of.pool == Traffic.NONE) {
      split(index, hour, first, until, unknown, false);
      return;
    }
    long day = Math.floorDiv(hour, 24);
    int usedUp =
        Math.clamp(
            world.exhaustedFrom(of.pool, day) - (hour - day * 24) * World.MINUTES,
            0,
            World.MINUTES);
    split(index, hour, first, Math.min(until, usedUp), unknown, true);
    split(index, hour, Math.max(first, usedUp), until, unknown, false);
  }

  private void split(
      int index, long hour, int first, int last, @Nullable Dimension unknown, boolean free) {
    if (last <= first) {
      return;
    }
    if (first == 0 && last == World.MINUTES) {
      collect(index, unknown, free, slots);
      return;
    }
    Traffic of = traffic.get(index);
    long count = slots[Slots.COUNT];
    long before = World.counted(of, hour, count, first);
    long after = World.counted(of, hour, count, last);
    if (after == before) {
      return;
    }
    part[Slots.COUNT] = after - before;
    for (int slot = 1; slot < Slots.SIZE; slot++) {
      part[slot] =
          World.amount(slots[slot], after, count) - World.amount(slots[slot], before, count);
    }
    collect(index, unknown, free, part);
  }

  private void collect(int index, @Nullable Dimension unknown, boolean free, long[] amounts) {
    Traffic of = traffic.get(index);
    int found;
    if (unknown != null) {
      found = group(of, unknown, free);
    } else {
      int[] known = free ? complimentary : billed;
      if (known[index] == UNSEEN) {
        known[index] = group(of, null, free);
      }
      found = known[index];
    }
    if (found == DROPPED) {
      return;
    }
    Group group = groups.get(found);
    if (group.present) {
      group.early &= of.early;
    } else {
      group.present = true;
      group.early = of.early;
      touched.add(group);
    }
    for (int slot = 0; slot < Slots.SIZE; slot++) {
      group.slots[slot] += amounts[slot];
    }
  }

  private int group(Traffic of, @Nullable Dimension unknown, boolean free) {
    @Nullable String[] dimensions = of.dimensions.clone();
    if (free) {
      dimensions[Dimension.SERVICE_TIER.ordinal()] = World.INCENTIVE;
    }
    if (unknown != null) {
      dimensions[unknown.ordinal()] = null;
    }
    for (Map.Entry<Dimension, Set<String>> entry : filter.entrySet()) {
      String value = dimensions[entry.getKey().ordinal()];
      if (value == null || !entry.getValue().contains(value)) {
        return DROPPED;
      }
    }
    for (Dimension dimension : Dimension.values()) {
      if (!groupBy.contains(dimension)) {
        dimensions[dimension.ordinal()] = null;
      }
    }
    return byDimensions.computeIfAbsent(
            Arrays.asList(dimensions),
            _ -> {
              Group group = new Group(dimensions, groups.size());
              groups.add(group);
              return group;
            })
        .index;
  }
}

package dev.tallyman.core.query;

import dev.tallyman.core.ledger.Codes;
import dev.tallyman.core.metric.GroupBy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * Finds the series of each row. Texts are compared once for each different one in a column; rows
 * are told apart by small numbers only.
 */
final class Grouper {
  private static final int NONE = -1;

  /** The texts of a second grouping where there is none. */
  private static final List<@Nullable String> ALONE = List.of();

  private final List<Axis> axes;
  private final SortedMap<GroupBy, List<Wanted>> filters = GroupBy.map();

  /** Each adds a grouping to the combinations of those before it; the first joins two. */
  private final List<Combinations> combinations = new ArrayList<>();

  Grouper(List<GroupBy> groupBy, Map<GroupBy, Set<String>> filters) {
    axes = groupBy.stream().map(Axis::new).toList();
    filters.forEach((by, values) -> filter(by, text -> values.contains(text == null ? "" : text)));
    for (int i = 0; i < Math.max(1, axes.size() - 1); i++) {
      combinations.add(new Combinations());
    }
    if (axes.isEmpty()) {
      combinations.getFirst().keys.add(List.of());
    }
  }

  /** Leaves out rows whose text of a dimension is not wanted. */
  void filter(GroupBy by, Wanted wanted) {
    filters.computeIfAbsent(by, _ -> new ArrayList<>()).add(wanted);
  }

  /** Whether a text of a dimension counts. */
  @FunctionalInterface
  interface Wanted {
    /** Whether rows with this text count. */
    boolean test(@Nullable String text);
  }

  /** The number of series so far. */
  int size() {
    return combinations.getLast().keys.size();
  }

  /** What a series was grouped by. */
  List<Optional<String>> keys(int series) {
    return combinations.getLast().keys.get(series);
  }

  /** For each row the number of its series; -1 where a filter leaves it out. */
  int[] series(Rows rows) {
    return series(rows, new int[rows.size()]);
  }

  /** For each row the number of its series; -1 where any filter leaves it out, or this one. */
  int[] series(Rows rows, GroupBy by, Wanted wanted) {
    var series = new int[rows.size()];
    leaveOut(rows.codes(by), wanted, series);
    return series(rows, series);
  }

  private int[] series(Rows rows, int[] series) {
    filters.forEach((by, each) -> {
      Codes codes = rows.codes(by);
      each.forEach(wanted -> leaveOut(codes, wanted, series));
    });
    switch (axes.size()) {
      case 0 -> {
        // All rows that are left are of the one series, number 0.
      }
      case 1 -> {
        Axis axis = axes.getFirst();
        Codes codes = rows.codes(axis.by);
        int[] values = axis.values(codes);
        int[] of = codes.rows();
        for (int i = 0; i < series.length; i++) {
          if (series[i] != NONE) {
            series[i] = combinations.getFirst().number(values[of[i]], 0, axis.texts, ALONE);
          }
        }
      }
      default -> combine(rows, series);
    }
    return series;
  }

  private static void leaveOut(Codes codes, Wanted wanted, int[] series) {
    var unwanted = new boolean[codes.count()];
    boolean any = false;
    for (int code = 0; code < unwanted.length; code++) {
      unwanted[code] = !wanted.test(codes.text(code));
      any |= unwanted[code];
    }
    if (any) {
      int[] of = codes.rows();
      for (int i = 0; i < series.length; i++) {
        if (unwanted[of[i]]) {
          series[i] = NONE;
        }
      }
    }
  }

  private void combine(Rows rows, int[] series) {
    var values = new int[axes.size()][];
    var of = new int[axes.size()][];
    for (int i = 0; i < values.length; i++) {
      Codes codes = rows.codes(axes.get(i).by);
      values[i] = axes.get(i).values(codes);
      of[i] = codes.rows();
    }
    for (int i = 0; i < series.length; i++) {
      if (series[i] == NONE) {
        continue;
      }
      int number = values[0][of[0][i]];
      for (int next = 1; next < values.length; next++) {
        Combinations joined = combinations.get(next - 1);
        int value = values[next][of[next][i]];
        number =
            next == 1
                ? joined.number(number, value, axes.getFirst().texts, axes.get(next).texts)
                : joined.number(number, value, combinations.get(next - 2), axes.get(next).texts);
      }
      series[i] = number;
    }
  }

  /** The combinations of texts that occur, by number. */
  private static final class Combinations {
    private final Pairs pairs = new Pairs();
    private final List<List<Optional<String>>> keys = new ArrayList<>();

    int number(
        int first, int second, List<@Nullable String> firsts, List<@Nullable String> seconds) {
      int next = keys.size();
      int found = pairs.putIfAbsent(pair(first, second), next);
      if (found != NONE) {
        return found;
      }
      keys.add(joined(List.of(Optional.ofNullable(firsts.get(first))), second, seconds));
      return next;
    }

    int number(int first, int second, Combinations before, List<@Nullable String> seconds) {
      int next = keys.size();
      int found = pairs.putIfAbsent(pair(first, second), next);
      if (found != NONE) {
        return found;
      }
      keys.add(joined(before.keys.get(first), second, seconds));
      return next;
    }

    private static long pair(int first, int second) {
      return (long) first << Integer.SIZE | second;
    }

    private static List<Optional<String>> joined(
        List<Optional<String>> texts, int second, List<@Nullable String> seconds) {
      var joined = new ArrayList<Optional<String>>(texts);
      if (!seconds.isEmpty()) {
        joined.add(Optional.ofNullable(seconds.get(second)));
      }
      return joined;
    }
  }

  /** The different texts of one grouping, over all rows. */
  private static final class Axis {
    private final GroupBy by;
    private final Map<@Nullable String, Integer> numbers = new HashMap<>();
    private final List<@Nullable String> texts = new ArrayList<>();

    /** The column before, which most often has the same texts in the same places. */
    private Codes before = Codes.constant(null, 0);

    private int[] valuesBefore = {};

    Axis(GroupBy by) {
      this.by = by;
    }

    /** For each place in a column's dictionary the text's number. */
    int[] values(Codes codes) {
      var values = new int[codes.count()];
      for (int code = 0; code < values.length; code++) {
        String text = codes.text(code);
        if (code < valuesBefore.length && Objects.equals(text, before.text(code))) {
          values[code] = valuesBefore[code];
          continue;
        }
        Integer number = numbers.get(text);
        if (number == null) {
          number = texts.size();
          numbers.put(text, number);
          texts.add(text);
        }
        values[code] = number;
      }
      before = codes;
      valuesBefore = values;
      return values;
    }
  }

  /** A map from long to int by open addressing: it is asked once for each row. */
  private static final class Pairs {
    private static final long SPREAD = 0x9E3779B97F4A7C15L;

    private long[] pairs = new long[64];
    private int[] numbers = filled(64);
    private int size;

    /** The number that is there already, or {@link #NONE} having put this one. */
    int putIfAbsent(long pair, int number) {
      int at = place(pair);
      while (numbers[at] != NONE) {
        if (pairs[at] == pair) {
          return numbers[at];
        }
        at = at + 1 & numbers.length - 1;
      }
      pairs[at] = pair;
      numbers[at] = number;
      if (++size * 2 > numbers.length) {
        grow();
      }
      return NONE;
    }

    private int place(long pair) {
      return (int)
          ((pair * SPREAD) >>> (Long.SIZE - Integer.numberOfTrailingZeros(numbers.length)));
    }

    private void grow() {
      long[] oldPairs = pairs;
      int[] oldNumbers = numbers;
      pairs = new long[oldPairs.length * 2];
      numbers = filled(oldNumbers.length * 2);
      for (int i = 0; i < oldNumbers.length; i++) {
        if (oldNumbers[i] != NONE) {
          int at = place(oldPairs[i]);
          while (numbers[at] != NONE) {
            at = at + 1 & numbers.length - 1;
          }
          pairs[at] = oldPairs[i];
          numbers[at] = oldNumbers[i];
        }
      }
    }

    private static int[] filled(int length) {
      var filled = new int[length];
      Arrays.fill(filled, NONE);
      return filled;
    }
  }
}

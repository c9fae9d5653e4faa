package dev.tallyman.simulator;

import dev.tallyman.core.budget.Window;
import dev.tallyman.core.budget.WindowKind;
import dev.tallyman.core.forecast.Forecast;
import dev.tallyman.core.forecast.Rhythm;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** Forecasts windows that are over, from what was known when part of them had passed. */
final class ForecastBacktest {
  static final List<WindowKind> KINDS = List.of(WindowKind.DAY, WindowKind.WEEK, WindowKind.MONTH);

  /** After so many tenths of a window. */
  static final int TENTHS = 9;

  private static final int DAY = 24;
  private static final int HISTORY = 56 * DAY;

  private final Map<WindowKind, List<Errors>> errors = new EnumMap<>(WindowKind.class);

  /** How far forecasts were off after a share of the window. */
  static final class Errors {
    private final List<Double> ours = new ArrayList<>();
    private final List<Double> even = new ArrayList<>();
    private int within;

    int windows() {
      return ours.size();
    }

    /** The median of the absolute errors of ours, in percent of the truth. */
    double percentage() {
      return percentage(ours);
    }

    /** The same of going on as evenly as the window passes. */
    double evenPercentage() {
      return percentage(even);
    }

    /** How many of a hundred windows ended within the band. */
    double coveredPercentage() {
      return 100.0 * within / windows();
    }

    private static double percentage(List<Double> errors) {
      Collections.sort(errors);
      return 100 * errors.get(errors.size() / 2);
    }
  }

  ForecastBacktest() {
    for (WindowKind kind : KINDS) {
      var list = new ArrayList<Errors>();
      for (int i = 0; i < TENTHS; i++) {
        list.add(new Errors());
      }
      errors.put(kind, list);
    }
  }

  /** What was found after so many tenths of windows. */
  Errors errors(WindowKind kind, int tenths) {
    return errors.getOrDefault(kind, List.of()).get(tenths - 1);
  }

  /** Forecasts all windows of these series that lie within them and have eight weeks before. */
  void run(Instant from, Collection<long[]> series) {
    for (long[] amounts : series) {
      var rhythms = new HashMap<Integer, Rhythm>();
      for (WindowKind kind : KINDS) {
        Instant first = from.plus(Duration.ofHours(HISTORY));
        Window window = Window.at(kind, ZoneOffset.UTC, first.minusSeconds(1)).next();
        while (hour(from, window.end()) <= amounts.length) {
          for (int tenths = 1; tenths <= TENTHS; tenths++) {
            forecast(from, amounts, rhythms, window, tenths);
          }
          window = window.next();
        }
      }
    }
  }

  private static int hour(Instant from, Instant instant) {
    return (int) Duration.between(from, instant).toHours();
  }

  private static long sum(long[] amounts, int first, int end) {
    return Arrays.stream(amounts, first, end).sum();
  }

  private void forecast(
      Instant from, long[] amounts, Map<Integer, Rhythm> rhythms, Window window, int tenths) {
    int start = hour(from, window.start());
    int end = hour(from, window.end());
    int now = start + Math.round((end - start) * tenths / 10f);
    int midnight = now / DAY * DAY;
    Rhythm rhythm =
        rhythms.computeIfAbsent(
            midnight,
            until ->
                Rhythm.of(
                        from.plus(Duration.ofHours(until - HISTORY)),
                        Arrays.copyOfRange(amounts, until - HISTORY, until))
                    .orElseThrow());
    long used = sum(amounts, start, now);
    long truth = sum(amounts, start, end);
    if (truth == 0) {
      return;
    }
    Forecast forecast =
        Forecast.of(
                rhythm,
                window.start(),
                window.end(),
                from.plus(Duration.ofHours(now)),
                used,
                OptionalLong.of(sum(amounts, midnight, now)),
                OptionalLong.empty())
            .orElseThrow();
    Errors of = errors(window.kind(), tenths);
    of.ours.add(Math.abs((double) forecast.expected() / truth - 1));
    of.even.add(Math.abs((double) used * (end - start) / (now - start) / truth - 1));
    if (forecast.low() <= truth && truth <= forecast.high()) {
      of.within++;
    }
  }
}

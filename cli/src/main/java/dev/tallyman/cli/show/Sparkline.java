package dev.tallyman.cli.show;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Small pictures of numbers, a character a value. */
public final class Sparkline {
  private static final String BLOCKS = "▁▂▃▄▅▆▇█";
  private static final String LETTERS = "_.:-=+*#";
  private static final String EIGHTHS = "▏▎▍▌▋▊▉█";

  private Sparkline() {}

  /**
   * A line of at most {@code width} characters from the least to the largest, where zero is the
   * floor; an unknown value is a space. Neighbours are added up where there are too many.
   */
  public static String line(List<Optional<BigDecimal>> values, int width, boolean ascii) {
    List<Optional<BigDecimal>> shown = merged(values, width);
    BigDecimal max =
        shown.stream().flatMap(Optional::stream).reduce(BigDecimal.ZERO, BigDecimal::max);
    String levels = ascii ? LETTERS : BLOCKS;
    StringBuilder line = new StringBuilder();
    for (Optional<BigDecimal> value : shown) {
      line.append(value.map(v -> levels.charAt(level(v, max))).orElse(' '));
    }
    return line.toString();
  }

  private static int level(BigDecimal value, BigDecimal max) {
    if (value.signum() <= 0 || max.signum() <= 0) {
      return 0;
    }
    return value.multiply(BigDecimal.valueOf(7)).divide(max, 0, RoundingMode.HALF_UP).intValue();
  }

  private static List<Optional<BigDecimal>> merged(List<Optional<BigDecimal>> values, int width) {
    int each = Math.max(1, Math.ceilDiv(values.size(), width));
    if (each == 1) {
      return values;
    }
    List<Optional<BigDecimal>> merged = new ArrayList<>();
    // From the end, so that the newest character stands for as many buckets as the others.
    for (int to = values.size(); to > 0; to -= each) {
      merged.addFirst(
          values.subList(Math.max(0, to - each), to).stream()
              .flatMap(Optional::stream)
              .reduce(BigDecimal::add));
    }
    return merged;
  }

  /** A bar whose length, of at most {@code width} characters, is the part of the whole. */
  public static String bar(Optional<BigDecimal> part, BigDecimal whole, int width, boolean ascii) {
    if (part.isEmpty() || part.get().signum() <= 0 || whole.signum() <= 0) {
      return "";
    }
    int steps = ascii ? width : width * 8;
    int filled =
        part.get()
            .multiply(BigDecimal.valueOf(steps))
            .divide(whole, 0, RoundingMode.HALF_UP)
            .min(BigDecimal.valueOf(steps))
            .max(BigDecimal.ONE)
            .intValue();
    if (ascii) {
      return "#".repeat(filled);
    }
    String rest = filled % 8 == 0 ? "" : String.valueOf(EIGHTHS.charAt(filled % 8 - 1));
    return "█".repeat(filled / 8) + rest;
  }
}

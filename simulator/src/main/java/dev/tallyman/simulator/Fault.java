package dev.tallyman.simulator;

import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** What goes wrong between a provider and who reads it. All of it passes within 48 hours. */
public enum Fault {
  /** A quarter of the usage becomes visible 5 minutes to 6 hours late; so do charges. */
  LATE,
  /** An eighth of the usage is first told too high or too low, and corrected later. */
  RESTATED,
  /** A bucket is absent from an answer at times. */
  MISSING,
  /** A dimension is null until the provider knows it. */
  NULLS,
  /** Status 429, throughput or quota, with and without {@code Retry-After}. */
  RATE_LIMIT,
  /** Status 500, 502 and 503. */
  SERVER_ERROR,
  /** Status 404 where there is something. */
  NOT_FOUND,
  /** No answer for long. */
  HANG,
  /** An answer that ends in its middle. */
  TRUNCATED,
  /** Amounts of more digits than anyone needs, at times of more than anyone can keep. */
  DECIMALS,
  /** A page token that is refused, or that is given when there is no further page. */
  PAGE_TOKEN;

  /** The word for this fault in a list, for instance {@code rate-limit}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * The faults that a list names.
   *
   * @param list words separated by commas; {@code all}, {@code none}
   * @throws IllegalArgumentException for an unknown word; the message names the known ones
   */
  public static Set<Fault> parse(String list) {
    var faults = EnumSet.noneOf(Fault.class);
    for (String part : list.split(",", -1)) {
      String word = part.strip().toLowerCase(Locale.ROOT).replace('_', '-');
      switch (word) {
        case "", "none" -> {}
        case "all" -> faults.addAll(EnumSet.allOf(Fault.class));
        default ->
            faults.add(
                Arrays.stream(values())
                    .filter(fault -> fault.word().equals(word))
                    .findAny()
                    .orElseThrow(() -> unknown(part.strip())));
      }
    }
    return Collections.unmodifiableSet(faults);
  }

  private static IllegalArgumentException unknown(String word) {
    return new IllegalArgumentException(
        "unknown fault '"
            + word
            + "'; known are all, none, "
            + Arrays.stream(values()).map(Fault::word).collect(Collectors.joining(", ")));
  }
}

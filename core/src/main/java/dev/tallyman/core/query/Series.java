package dev.tallyman.core.query;

import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;

/**
 * One line of an answer.
 *
 * @param keys the values of what was grouped by, in that order; empty where the provider gave none,
 *     or where a line item says nothing of it; no keys at all for a total and for the rest
 * @param values one for each bucket; empty where it is unknown, which is not zero
 * @param total over the whole range; empty where all of it is unknown
 */
public record Series(
    List<Optional<String>> keys, List<Optional<BigDecimal>> values, Optional<BigDecimal> total) {
  public Series {
    keys = List.copyOf(keys);
    values = List.copyOf(values);
  }
}

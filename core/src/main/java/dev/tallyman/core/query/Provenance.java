package dev.tallyman.core.query;

import dev.tallyman.core.price.Unpriced;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Where the numbers of an answer come from and how far they can be trusted.
 *
 * @param source {@code reported}, {@code billed}, {@code estimated} or {@code billed+estimated}
 * @param asOf the oldest last success of the endpoints involved; empty before the first
 * @param partial whether some of the range is not known to the end: today, a part before the ledger
 *     begins, an endpoint that was never read
 * @param estimated whether any of it is usage × price
 * @param stale whether an endpoint involved has had no success for three of its intervals
 * @param simulated whether the organization is a simulated one
 * @param completeSince from when on all endpoints involved are completely read; empty if unknown
 * @param currency of money, a lower-case ISO 4217 code; empty for counts
 * @param unpriced what is used without a known price, so that estimates are too low, by name
 * @param otherCurrencies by its code what bills of the range hold in each other currency, whatever
 *     the filters: it is not added to anything
 * @param notes further things to know, each one sentence
 */
public record Provenance(
    String source,
    Optional<Instant> asOf,
    boolean partial,
    boolean estimated,
    boolean stale,
    boolean simulated,
    Optional<Instant> completeSince,
    Optional<String> currency,
    List<Unpriced> unpriced,
    SortedMap<String, BigDecimal> otherCurrencies,
    List<String> notes) {
  public Provenance {
    unpriced = List.copyOf(unpriced);
    otherCurrencies = Collections.unmodifiableSortedMap(new TreeMap<>(otherCurrencies));
    notes = List.copyOf(notes);
  }
}

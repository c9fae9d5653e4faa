package dev.tallyman.core.query;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a question is answered with.
 *
 * @param query what was asked, its range widened to whole buckets where the finest known unit asks
 *     for it
 * @param buckets when each bucket begins, ascending; each ends where the next begins, the last one
 *     at the end of the query's range
 * @param series the largest ones, largest first; of equally large ones by their keys
 * @param total over all series, shown or not; values of one bucket in it add up to the series' and
 *     the rest's
 * @param other the sum of the series that are not shown; empty if all are
 * @param others how many series are not shown
 * @param parts for the cost: what it is made of; empty where all that is billed is in other
 *     currencies
 * @param provenance of all numbers
 */
public record Answer(
    Query query,
    List<Instant> buckets,
    List<Series> series,
    Series total,
    Optional<Series> other,
    int others,
    Optional<Parts> parts,
    Provenance provenance) {
  public Answer {
    buckets = List.copyOf(buckets);
    series = List.copyOf(series);
  }
}

package dev.tallyman.core.spend;

import dev.tallyman.core.budget.Budget;
import dev.tallyman.core.budget.Window;
import dev.tallyman.core.query.Parts;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a budget has used in a window.
 *
 * @param used in the metric's unit, money rounded up once to a billionth; zero where it is not
 *     known
 * @param parts of the metric {@code cost} what is billed and what estimated, unrounded
 * @param source as in {@link dev.tallyman.core.query.Provenance#source}
 * @param asOf the oldest last success of what feeds it
 * @param completeSince from when on everything that feeds it was read
 * @param known whether it is known what was used; if not, nobody is told anything
 * @param partial whether some of the window before now was not read
 * @param stale whether something that feeds it had no success for three of its intervals
 * @param unpriced whether usage without a price is in it, so that it is more than this
 * @param approximate whether hours that belong to two days are put where they begin
 * @param leftOut the currencies of what bills of the window hold in others than the budget counts
 * @param note why it is not known, or not all, in one sentence
 */
public record Usage(
    Budget budget,
    Window window,
    BigDecimal used,
    Optional<Parts> parts,
    String source,
    Optional<Instant> asOf,
    Optional<Instant> completeSince,
    boolean known,
    boolean partial,
    boolean stale,
    boolean unpriced,
    boolean approximate,
    List<String> leftOut,
    Optional<String> note) {
  public Usage {
    leftOut = List.copyOf(leftOut);
  }

  /** Whether money that the budget is about is missing from what is used, which is more then. */
  public boolean lacking() {
    return !leftOut.isEmpty() && budget.limit().currency().isEmpty();
  }
}

package dev.tallyman.core.poll;

import dev.tallyman.core.poll.records.ReadOutcome;
import dev.tallyman.core.poll.records.ReadOutcome.Origin;
import dev.tallyman.core.usage.Bucket;
import dev.tallyman.core.usage.CostDay;
import dev.tallyman.core.usage.Name;
import dev.tallyman.core.usage.UsageEndpoint;
import dev.tallyman.core.usage.Width;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The provider's side of one organization. Every method is one read with its own retries within the
 * deadline; what arrived completely before a failure has been handed over and is true.
 */
public interface UsageApi {
  /**
   * Reads the buckets of one endpoint that start in {@code [from, to)}, in the widest grouping,
   * handing each one over as soon as it has arrived whole, in order of time, with who answered, so
   * that a caller can refuse a foreign organization before it keeps anything.
   *
   * @param from aligned to the width
   * @param to aligned to the width, at most {@link Width#maxBuckets} buckets after {@code from}
   * @param deadline when to give up, retries included
   */
  ReadOutcome readUsage(
      UsageEndpoint endpoint,
      Width width,
      Instant from,
      Instant to,
      Instant deadline,
      BiConsumer<Origin, Bucket> sink);

  /**
   * Reads what was charged on the UTC days in {@code [from, to)}, by project, line item and key.
   *
   * @param to at most 180 days after {@code from}
   * @param deadline when to give up, retries included
   */
  ReadOutcome readCosts(
      LocalDate from, LocalDate to, Instant deadline, BiConsumer<Origin, CostDay> sink);

  /**
   * Reads one page of names of a kind.
   *
   * @param project whose keys or service accounts are asked for; null for projects and users
   * @param after the last id of the page before; null for the first page
   * @return the outcome; {@link NamePage#next} is null when there is no further page
   */
  NamePage readNames(
      Name.Kind kind, @Nullable String project, @Nullable String after, Instant deadline);

  /**
   * Looks one name up by its id.
   *
   * @param project the project of the key or service account; null for projects and users
   * @return a page of one name, or of none if the provider does not know the id
   */
  NamePage readName(Name.Kind kind, @Nullable String project, String id, Instant deadline);

  /**
   * What the provider's clock said in its latest answer, to the second; empty if it says nothing of
   * its time.
   */
  default Optional<Instant> providerTime() {
    return Optional.empty();
  }

  /**
   * When the key that these reads use stops working; may take several requests.
   *
   * @param deadline when to give up, retries included
   */
  default KeyExpiry adminKeyExpiry(Instant deadline) {
    return KeyExpiry.unknown();
  }

  /**
   * A page of names and how the read went.
   *
   * @param outcome how the read went
   * @param names empty if it failed
   * @param next what to ask for next; null at the end
   */
  record NamePage(ReadOutcome outcome, List<Name> names, @Nullable String next) {
    public NamePage {
      names = List.copyOf(names);
    }
  }
}

package dev.tallyman.cli.local;

import dev.tallyman.cli.show.Text;
import dev.tallyman.core.poll.KeyExpiry;
import dev.tallyman.core.poll.UsageApi;
import dev.tallyman.core.poll.records.CycleRecord;
import dev.tallyman.core.poll.records.ReadOutcome;
import dev.tallyman.core.poll.records.ReadOutcome.Origin;
import dev.tallyman.core.usage.Bucket;
import dev.tallyman.core.usage.CostDay;
import dev.tallyman.core.usage.Name;
import dev.tallyman.core.usage.UsageEndpoint;
import dev.tallyman.core.usage.Width;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The provider's side of an organization, of which somebody is told what is being read and how many
 * rows have come so far: how many there are to come, nobody knows.
 */
final class WatchedApi implements UsageApi {
  private final UsageApi api;
  private final Consumer<String> told;
  private long rows;

  WatchedApi(UsageApi api, Consumer<String> told) {
    this.api = api;
    this.told = told;
  }

  @Override
  public ReadOutcome readUsage(
      UsageEndpoint endpoint,
      Width width,
      Instant from,
      Instant to,
      Instant deadline,
      BiConsumer<Origin, Bucket> sink) {
    tell(endpoint.id(), 0);
    return api.readUsage(
        endpoint,
        width,
        from,
        to,
        deadline,
        (origin, bucket) -> {
          sink.accept(origin, bucket);
          tell(endpoint.id(), bucket.rows().size());
        });
  }

  @Override
  public ReadOutcome readCosts(
      LocalDate from, LocalDate to, Instant deadline, BiConsumer<Origin, CostDay> sink) {
    tell(CycleRecord.COSTS, 0);
    return api.readCosts(
        from,
        to,
        deadline,
        (origin, day) -> {
          sink.accept(origin, day);
          tell(CycleRecord.COSTS, day.rows().size());
        });
  }

  @Override
  public NamePage readNames(
      Name.Kind kind, @Nullable String project, @Nullable String after, Instant deadline) {
    tell(CycleRecord.NAMES, 0);
    return api.readNames(kind, project, after, deadline);
  }

  @Override
  public NamePage readName(Name.Kind kind, @Nullable String project, String id, Instant deadline) {
    tell(CycleRecord.NAMES, 0);
    return api.readName(kind, project, id, deadline);
  }

  @Override
  public KeyExpiry adminKeyExpiry(Instant deadline) {
    return api.adminKeyExpiry(deadline);
  }

  @Override
  public Optional<Instant> providerTime() {
    return api.providerTime();
  }

  private void tell(String what, int more) {
    rows += more;
    told.accept(what + ", " + Text.count(rows) + " rows so far");
  }
}

package dev.tallyman.core.poll;

import dev.tallyman.core.poll.records.Defect;
import dev.tallyman.core.poll.records.ReadOutcome;
import dev.tallyman.core.poll.records.ReadOutcome.Complete;
import dev.tallyman.core.poll.records.ReadOutcome.Failed;
import dev.tallyman.core.poll.records.ReadOutcome.Kind;
import dev.tallyman.core.poll.records.ReadOutcome.Origin;
import dev.tallyman.core.usage.Bucket;
import dev.tallyman.core.usage.CostDay;
import dev.tallyman.core.usage.CostRow;
import dev.tallyman.core.usage.Name;
import dev.tallyman.core.usage.UsageEndpoint;
import dev.tallyman.core.usage.UsageRow;
import dev.tallyman.core.usage.Width;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A provider whose truth a test sets, and that fails where it is told to. */
public final class FakeProvider implements UsageApi {
  /** Until when it was asked when its key expires. */
  public final List<Instant> keyDeadlines = new ArrayList<>();

  /** A call that was made. */
  record Asked(String what, Instant from, Instant to) {}

  final List<Asked> asked = new ArrayList<>();
  final Set<String> failing = new HashSet<>();

  /** What never answers: then the time passes to the deadline. */
  final Set<String> hanging = new HashSet<>();

  Consumer<Instant> waiting = _ -> {};
  final Set<Instant> missing = new HashSet<>();

  /** Whether answers about usage and costs hold nothing at all. */
  boolean silent;

  /** What is left out of the answers, by endpoint or costs. */
  final Map<String, List<Defect>> defects = new HashMap<>();

  /** What the provider's clock says; null for nothing. */
  @Nullable Instant time;

  final Map<String, Name> names = new TreeMap<>();
  final Set<String> deleted = new HashSet<>();
  Kind failure = Kind.SERVER;
  Origin origin = new Origin(Optional.of("org-acme"), false);
  int maxHours = 1000;
  private final Map<String, Map<Instant, List<UsageRow>>> usage = new HashMap<>();
  private final Map<LocalDate, List<CostRow>> costs = new TreeMap<>();

  /** Makes this the truth of an hour. */
  public void set(UsageEndpoint endpoint, Instant hour, UsageRow... rows) {
    usage.computeIfAbsent(endpoint.id(), _ -> new TreeMap<>()).put(hour, List.of(rows));
  }

  /** Makes this the truth of a day. */
  public void setCosts(LocalDate day, CostRow... rows) {
    costs.put(day, List.of(rows));
  }

  void name(Name name) {
    names.put(name.kind() + "#" + name.id(), name);
  }

  @Override
  public ReadOutcome readUsage(
      UsageEndpoint endpoint,
      Width width,
      Instant from,
      Instant to,
      Instant deadline,
      BiConsumer<Origin, Bucket> sink) {
    asked.add(new Asked(endpoint.id() + " " + width.parameter(), from, to));
    if (hanging.contains(endpoint.id())) {
      waiting.accept(deadline);
      return failed(endpoint.id());
    }
    if (failing.contains(endpoint.id())) {
      return failed(endpoint.id());
    }
    if (width == Width.HOUR && Duration.between(from, to).toHours() > maxHours) {
      sink.accept(origin, bucket(endpoint, from, width));
      return new ReadOutcome.TooLarge(origin, 16 << 20);
    }
    for (Instant start = from; start.isBefore(to); start = start.plus(width.duration())) {
      if (!silent && !missing.contains(start)) {
        sink.accept(origin, bucket(endpoint, start, width));
      }
    }
    return new Complete(origin, 1000, defects(endpoint.id(), from, to));
  }

  private List<Defect> defects(String id, Instant from, Instant to) {
    return defects.getOrDefault(id, List.of()).stream()
        .filter(each -> each.from().isBefore(to) && each.to().isAfter(from))
        .toList();
  }

  @Override
  public Optional<Instant> providerTime() {
    return Optional.ofNullable(time);
  }

  @Override
  public KeyExpiry adminKeyExpiry(Instant deadline) {
    keyDeadlines.add(deadline);
    return KeyExpiry.unknown();
  }

  private Bucket bucket(UsageEndpoint endpoint, Instant start, Width width) {
    Instant hour = Width.HOUR.floor(start);
    List<UsageRow> rows = usage.getOrDefault(endpoint.id(), Map.of()).getOrDefault(hour, List.of());
    if (width == Width.MINUTE) {
      long minute = Duration.between(hour, start).toMinutes();
      rows = rows.stream().map(row -> minute(row, minute)).toList();
    }
    boolean whole = defects(endpoint.id(), start, start.plus(width.duration())).isEmpty();
    return new Bucket(endpoint, start, width, Bucket.merged(rows), whole);
  }

  /** The hour's counts are spread over its minutes, the rest falling into the first. */
  private static UsageRow minute(UsageRow row, long minute) {
    UsageRow.Builder part = row.toBuilder();
    row.quantities()
        .forEach(
            (quantity, count) -> part.set(quantity, count / 60 + (minute == 0 ? count % 60 : 0)));
    return part.build();
  }

  @Override
  public ReadOutcome readCosts(
      LocalDate from, LocalDate to, Instant deadline, BiConsumer<Origin, CostDay> sink) {
    asked.add(new Asked("costs", midnight(from), midnight(to)));
    if (hanging.contains("costs")) {
      waiting.accept(deadline);
      return failed("costs");
    }
    if (failing.contains("costs")) {
      return failed("costs");
    }
    for (LocalDate day = from; day.isBefore(to) && !silent; day = day.plusDays(1)) {
      boolean whole = defects("costs", midnight(day), midnight(day.plusDays(1))).isEmpty();
      sink.accept(origin, CostDay.of(day, costs.getOrDefault(day, List.of()), whole));
    }
    return new Complete(origin, 1000, defects("costs", midnight(from), midnight(to)));
  }

  private static Instant midnight(LocalDate day) {
    return day.atStartOfDay(ZoneOffset.UTC).toInstant();
  }

  @Override
  public NamePage readNames(
      Name.Kind kind, @Nullable String project, @Nullable String after, Instant deadline) {
    if (failing.contains("names")) {
      return new NamePage(failed("names"), List.of(), null);
    }
    List<Name> found =
        names.values().stream()
            .filter(name -> name.kind() == kind && !deleted.contains(name.id()))
            .filter(name -> project == null || project.equals(name.details().get("project")))
            .toList();
    return new NamePage(new Complete(origin, 10), found, null);
  }

  @Override
  public NamePage readName(Name.Kind kind, @Nullable String project, String id, Instant deadline) {
    if (failing.contains("names")) {
      return new NamePage(failed("names"), List.of(), null);
    }
    Name name = names.get(kind + "#" + id);
    List<Name> found = name == null || deleted.contains(id) ? List.of() : List.of(name);
    return new NamePage(new Complete(origin, 10), found, null);
  }

  private Failed failed(String what) {
    return new Failed(origin, failure, what + " cannot be read now", Optional.empty());
  }
}

package dev.tallyman.core.poll;

import dev.tallyman.core.group.Pools;
import dev.tallyman.core.ledger.Change;
import dev.tallyman.core.ledger.Ledger;
import dev.tallyman.core.ledger.LedgerWriter;
import dev.tallyman.core.ledger.Rollup;
import dev.tallyman.core.ledger.RollupRow;
import dev.tallyman.core.ledger.View;
import dev.tallyman.core.poll.OriginCheck.WrongClockException;
import dev.tallyman.core.poll.records.CycleRecord;
import dev.tallyman.core.poll.records.DayTotals;
import dev.tallyman.core.poll.records.Defect;
import dev.tallyman.core.poll.records.Defects;
import dev.tallyman.core.poll.records.EndpointResult;
import dev.tallyman.core.poll.records.Lookback;
import dev.tallyman.core.poll.records.PollState;
import dev.tallyman.core.poll.records.Progress;
import dev.tallyman.core.poll.records.ReadOutcome;
import dev.tallyman.core.poll.records.ReadOutcome.Failed;
import dev.tallyman.core.poll.records.ReadOutcome.Kind;
import dev.tallyman.core.poll.records.ReadOutcome.Origin;
import dev.tallyman.core.poll.records.Records;
import dev.tallyman.core.price.Estimator;
import dev.tallyman.core.price.Rates;
import dev.tallyman.core.settings.UsageSettings;
import dev.tallyman.core.usage.CostDay;
import dev.tallyman.core.usage.Name;
import dev.tallyman.core.usage.Quantity;
import dev.tallyman.core.usage.UsageEndpoint;
import dev.tallyman.core.usage.UsageEndpoint.Known;
import dev.tallyman.core.usage.Width;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/** One run of the poller over one organization: a cycle, a slice of history or one day. */
final class Run {
  private static final Duration HOUR = Duration.ofHours(1);

  /** The provider's bound for one answer of costs. */
  private static final int MAX_COST_DAYS = 180;

  /** A quarter, eight weeks and the whole of last month lie within so many. */
  private static final int REESTIMATED_MONTHS = 3;

  /** How often an answer with something malformed in it is asked for. */
  private static final int MOST_READS = 3;

  /** How many pieces of a source that are known in part are read again in a cycle. */
  private static final int MOST_PIECES = 4;

  /** How long a bucket that never comes holds the watermark back. */
  private static final Duration WAIT_FOR_MISSING = Duration.ofDays(7);

  private static final Duration SLICE = Duration.ofDays(7);

  /** A longer time between two cycles is as likely a clock that was set. */
  private static final Duration LONGEST_PAUSE = Duration.ofDays(8);

  private final Ledger ledger;
  private final Records records;
  private final OriginCheck guard;
  private final UsageApi api;
  private final UsageSettings settings;
  private final Lease lease;
  private final InstantSource clock;
  private final Instant deadline;

  /** When the source that is being read has to give way to the others. */
  private Instant turn;

  private final Instant now;
  private final LedgerWriter writer;
  private final NameKeeper names;
  private final UsagePoller reader;
  private final PollState before;
  private PollState state;
  private Rates rates;
  private final TreeMap<String, EndpointResult> results = new TreeMap<>();
  private final SortedSet<String> unknownModels = new TreeSet<>();
  private long rows;
  private boolean jumped = true;

  Run(
      Ledger ledger,
      Records records,
      OriginCheck guard,
      UsageApi api,
      UsageSettings settings,
      Lease lease,
      InstantSource clock,
      Instant deadline) {
    this.ledger = ledger;
    this.records = records;
    this.guard = guard;
    this.api = api;
    this.settings = settings;
    this.lease = lease;
    this.clock = clock;
    this.deadline = deadline;
    this.turn = deadline;
    now = clock.instant();
    writer = ledger.writer(settings.zones());
    names = new NameKeeper(api, ledger, guard, settings.emails());
    reader =
        new UsagePoller(
            api,
            writer,
            guard,
            lease,
            clock,
            settings.zones(),
            Duration.ofDays(settings.retention().minutes()),
            names::mention);
    before = records.state();
    state = before;
    rates = ledger.rates();
  }

  /** The models that were counted as premium without being known. */
  SortedSet<String> unknownModels() {
    return unknownModels;
  }

  /** How many rows of usage and costs a cycle read. */
  long rows() {
    return rows;
  }

  /** Whether the time is known well enough to remove what has expired by it. */
  boolean mayPurge() {
    return guard.clockConfirmed() && !jumped;
  }

  CycleRecord cycle(String trigger) {
    Optional<CycleRecord> last = records.latest(now);
    try {
      takeTurn();
      costs(lastSuccess(last, CycleRecord.COSTS));
      for (Known endpoint : longestWaitingFirst(last)) {
        takeTurn();
        usage(endpoint, lastSuccess(last, endpoint.id()));
      }
      names(lastSuccess(last, CycleRecord.NAMES));
    } catch (WrongClockException e) {
      return refused(e, trigger, last);
    }
    rollUp();
    reestimate();
    finish();
    Duration took = Duration.between(now, clock.instant());
    jumped = jumped(last, took);
    var cycle =
        new CycleRecord(
            now, took, trigger, guard.simulated(), results, totals(day(clock.instant())));
    records.put(cycle);
    return cycle;
  }

  /**
   * A cycle that read nothing because the clock is wrong. It is kept at the provider's time, so
   * that it does not lie in the future once the clock is right; how far reading has come stays as
   * it was.
   */
  private CycleRecord refused(
      WrongClockException wrong, String trigger, Optional<CycleRecord> last) {
    jumped = true;
    results.clear();
    for (String id : sources()) {
      results.put(
          id,
          new EndpointResult(
              0,
              0,
              0,
              0,
              Optional.of(Kind.CLOCK),
              Optional.of(wrong.reason()),
              lastSuccess(last, id)));
    }
    var cycle =
        new CycleRecord(
            wrong.provider(),
            Duration.ZERO,
            trigger,
            guard.simulated(),
            results,
            totals(day(wrong.provider())));
    records.put(cycle);
    if (before.day().isEmpty()) {
      // So that it is found although it lies in the future of a clock that is behind.
      records.put(before.on(wrong.provider()));
    }
    return cycle;
  }

  /**
   * Whether the clock was set meanwhile: it went backwards, or further than from one cycle to the
   * next of the most seldom schedule. The first cycle of all cannot know.
   */
  private boolean jumped(Optional<CycleRecord> last, Duration took) {
    return took.abs().compareTo(Duration.ofDays(1)) > 0
        || last.map(cycle -> Duration.between(cycle.at(), now))
            .filter(since -> since.compareTo(Duration.ofDays(-1)) >= 0)
            .filter(since -> since.compareTo(LONGEST_PAUSE) <= 0)
            .isEmpty();
  }

  /**
   * Looks whether the hours that are said to be known are still there. Of an endpoint of which some
   * are gone, history counts as read from behind them on, so that filling reads them back.
   */
  void verify(Instant since) {
    // Asks something small first: to a clock that runs ahead hours seem to be gone.
    guard.check(api.readNames(Name.Kind.PROJECT, null, null, deadline).outcome());
    Instant kept = now.minus(Duration.ofDays(settings.retention().hours())).plus(HOUR);
    Map<String, SortedSet<Instant>> lost =
        ledger.lost(Width.HOUR.floor(later(since, kept)), Width.HOUR.floor(now));
    lost.forEach((id, hours) -> {
      Progress progress = state.of(id);
      Instant behind = hours.last().plus(HOUR);
      state =
          state.with(
              id,
              progress.withCompleteSince(
                  progress.completeSince().map(at -> later(at, behind)).orElse(behind)));
    });
    if (lost.isEmpty()) {
      return;
    }
    // How far reading has come first: a run that dies here looks again.
    records.put(state);
    state = records.state();
    lost.forEach((id, hours) -> {
      writer.prepare(day(hours.first()), day(hours.last()).plusDays(1));
      writer.forget(UsageEndpoint.of(id), hours);
    });
  }

  FillOutcome fill(Instant since) {
    Instant wanted = day(since).atStartOfDay(ZoneOffset.UTC).toInstant();
    // Several endpoints may have come differently far: the least complete go first, and one that
    // fails does not stop the others.
    var stuck = new HashSet<String>();
    Optional<Failed> failure = Optional.empty();
    while (true) {
      Instant upTo = wanted;
      for (String id : sources()) {
        Instant complete = state.of(id).completeSince().orElseGet(this::startOfToday);
        if (!stuck.contains(id) && complete.isAfter(upTo)) {
          upTo = complete;
        }
      }
      if (!upTo.isAfter(wanted)) {
        break;
      }
      Instant from = later(wanted, upTo.minus(SLICE));
      boolean advanced = false;
      for (String id : sources()) {
        Instant complete = state.of(id).completeSince().orElseGet(this::startOfToday);
        if (stuck.contains(id) || !complete.isAfter(from)) {
          continue;
        }
        Optional<Failed> failed = slice(id, from, complete);
        if (failed.isPresent()) {
          stuck.add(id);
          failure = failed;
        } else {
          advanced = true;
        }
      }
      if (advanced) {
        state = names.run(state, now, deadline, new ReadTally());
        finish();
        return new FillOutcome.Advanced(from, wanted);
      }
    }
    if (failure.isPresent()) {
      return new FillOutcome.Stuck(failure.get().kind(), failure.get().message());
    }
    for (String id : sources()) {
      takeTurn();
      var tally = new ReadTally();
      piecesAgain(id, Instant.EPOCH, wanted, tally);
      note(id, tally);
    }
    finish();
    return new FillOutcome.Done(wanted, state.partial(wanted));
  }

  DayOutcome reread(LocalDate day) {
    DayTotals totals = totals(day);
    Instant from = day.atStartOfDay(ZoneOffset.UTC).toInstant();
    Instant to = earlier(from.plus(Duration.ofDays(1)), Width.HOUR.floor(now).plus(HOUR));
    writer.prepare(day, day.plusDays(1));
    for (Known endpoint : Known.values()) {
      int page = state.of(endpoint.id()).page();
      again(endpoint.id(), tally -> reader.read(endpoint, from, to, page, turn, tally));
    }
    again(CycleRecord.COSTS, tally -> readCosts(day, day.plusDays(1), MOST_READS, tally));
    state = names.run(state, now, deadline, new ReadTally());
    rollUp();
    // How far the cycles have come is theirs to say.
    if (!state.sameAs(before)) {
      records.put(state);
    }
    EndpointResult pools = results.getOrDefault(Known.COMPLETIONS.id(), EndpointResult.NONE);
    return pools.failure().isPresent()
        ? new DayOutcome.Unread(pools.failure().get(), pools.message().orElse(""))
        : new DayOutcome.Read(totals, results);
  }

  /** Reads until it is certain: what was full and is empty is empty when it is so twice. */
  private void again(String id, Consumer<ReadTally> reading) {
    takeTurn();
    var tally = new ReadTally();
    reading.accept(tally);
    if (tally.ok() && tally.emptied()) {
      reading.accept(tally);
    }
    note(id, tally);
    results.put(id, tally.result(Optional.empty()));
  }

  private void note(String id, ReadTally tally) {
    state = state.with(id, tally.noted(state.of(id)));
  }

  /**
   * Reads again some of what is known in part only, apart from what lies between two instants. What
   * fails here stays known in part, and that is all.
   */
  private void piecesAgain(String id, Instant from, Instant to, ReadTally tally) {
    boolean costs = id.equals(CycleRecord.COSTS);
    Defects again = state.of(id).defects().without(from, to);
    if (!costs) {
      // The day of an hour that is no longer kept can only be read whole.
      Duration kept = Duration.ofDays(settings.retention().hours());
      again = again.without(Instant.EPOCH, Width.HOUR.ceil(now.minus(kept)).plus(HOUR));
    }
    for (Defect piece : again.some(MOST_PIECES, new SplittableRandom(now.toEpochMilli()))) {
      var once = new ReadTally();
      if (costs) {
        readCosts(day(piece.from()), day(piece.to()), 1, once);
      } else {
        int page = state.of(id).page();
        reader.read(UsageEndpoint.of(id), piece.from(), piece.to(), page, turn, once);
      }
      if (!once.ok()) {
        return;
      }
      if (once.settled()) {
        tally.include(once);
      }
    }
  }

  /** Half of what time is left, so that a source that hangs starves none of those behind it. */
  private void takeTurn() {
    Instant started = clock.instant();
    turn = started.plus(Duration.between(started, deadline).dividedBy(2));
  }

  private Optional<Failed> slice(String id, Instant from, Instant to) {
    takeTurn();
    var tally = new ReadTally();
    if (id.equals(CycleRecord.COSTS)) {
      readCosts(day(from), day(to), MOST_READS, tally);
    } else {
      boolean outlived = from.plus(Duration.ofDays(settings.retention().hours())).isBefore(now);
      // Hours that are no longer kept cannot be read back, so a day of a zone that reaches into the
      // slice before has to be read whole.
      Instant end = outlived ? earlier(to.plus(Duration.ofDays(1)), startOfToday()) : to;
      writer.prepare(day(from), day(end));
      Progress progress = state.of(id);
      UsagePoller.Span span =
          reader.read(UsageEndpoint.of(id), from, end, progress.page(), turn, tally);
      state = state.with(id, progress.withPage(span.page()));
    }
    note(id, tally);
    Failed failed = tally.failed();
    if (failed != null && failed.kind() != Kind.NOT_OFFERED) {
      return Optional.of(failed);
    }
    state = state.with(id, state.of(id).withCompleteSince(from));
    return Optional.empty();
  }

  private List<String> sources() {
    var sources = new ArrayList<String>();
    sources.add(CycleRecord.COSTS);
    for (Known endpoint : Known.values()) {
      sources.add(endpoint.id());
    }
    return sources;
  }

  private void usage(Known endpoint, Optional<Instant> lastSuccess) {
    Progress progress = state.of(endpoint.id());
    boolean first = progress.completeSince().isEmpty();
    Set<Lookback> due = Lookback.due(progress, now);
    Instant thisHour = Width.HOUR.floor(now);
    Instant end = thisHour.plus(HOUR);
    Instant recent = thisHour.minus(Lookback.EACH_CYCLE);
    Instant from =
        thisHour.minus(Lookback.longest(due).map(Lookback::usage).orElse(Lookback.EACH_CYCLE));
    if (progress.watermark().isPresent()) {
      from = earlier(from, progress.watermark().get().minus(Lookback.EACH_CYCLE));
    }
    Instant since = progress.completeSince().orElseGet(this::startOfToday);
    from = first ? since : later(from, since);
    recent = later(recent, from);
    writer.prepare(day(from), day(end.minusNanos(1)).plusDays(1));

    var tally = new ReadTally();
    int page = progress.page();
    int fits = page > 0 ? page : Width.HOUR.maxBuckets();
    Instant through;
    if (Duration.between(from, end).toHours() <= fits) {
      UsagePoller.Span span = reader.read(endpoint, from, end, page, turn, tally);
      page = span.page();
      through = span.through();
    } else {
      // The newest first, since that is what people look at; then the gap, in order of time.
      UsagePoller.Span newest = reader.read(endpoint, recent, end, page, turn, tally);
      through = from;
      page = newest.page();
      if (tally.ok()) {
        UsagePoller.Span gap = reader.read(endpoint, from, recent, page, turn, tally);
        page = gap.page();
        through = tally.ok() ? end : gap.through();
      }
    }
    Progress reached = progress.withPage(page).withWatermark(watermark(progress, through, tally));
    if (tally.ok()) {
      reached = reached.withCompleteSince(since).reread(due, now);
      piecesAgain(endpoint.id(), from, end, tally);
    }
    state = state.with(endpoint.id(), tally.ok() || !first ? reached : progress.withPage(page));
    note(endpoint.id(), tally);
    rows += tally.rows();
    results.put(endpoint.id(), tally.result(tally.ok() ? Optional.of(now) : lastSuccess));
  }

  /** Up to where nothing is missing: never behind where it was, never in the current hour. */
  private Instant watermark(Progress progress, Instant through, ReadTally tally) {
    Instant reached = earlier(through, Width.HOUR.floor(now));
    Optional<Instant> missing =
        tally.missing().filter(start -> start.plus(WAIT_FOR_MISSING).isAfter(now));
    if (missing.isPresent()) {
      reached = earlier(reached, missing.get());
    }
    return later(reached, progress.watermark().orElse(reached));
  }

  private void costs(Optional<Instant> lastSuccess) {
    Progress progress = state.of(CycleRecord.COSTS);
    boolean first = progress.completeSince().isEmpty();
    Set<Lookback> due = Lookback.due(progress, now);
    LocalDate today = day(now);
    LocalDate tomorrow = today.plusDays(1);
    LocalDate from = tomorrow;
    var tally = new ReadTally();
    Optional<Lookback> longest = Lookback.longest(due);
    if (longest.isPresent()) {
      from = tomorrow.minusDays(longest.get().costDays());
      if (progress.watermark().isPresent()) {
        from = earliest(from, day(progress.watermark().get()).minusDays(2));
      }
      LocalDate since = progress.completeSince().map(Run::day).orElse(today);
      if (first || from.isBefore(since)) {
        from = since;
      }
      readCosts(from, tomorrow, MOST_READS, tally);
      if (tally.ok()) {
        state =
            state.with(
                CycleRecord.COSTS,
                progress
                    .withCompleteSince(midnight(since))
                    .withWatermark(startOfToday())
                    .reread(due, now));
      }
    }
    if (tally.ok()) {
      piecesAgain(CycleRecord.COSTS, midnight(from), midnight(tomorrow), tally);
    }
    note(CycleRecord.COSTS, tally);
    rows += tally.rows();
    results.put(
        CycleRecord.COSTS,
        tally.result(!due.isEmpty() && tally.ok() ? Optional.of(now) : lastSuccess));
  }

  /**
   * Reads the costs of some days.
   *
   * @param reads how often at most an answer with something malformed in it is asked for
   */
  private void readCosts(LocalDate from, LocalDate to, int reads, ReadTally tally) {
    writer.prepare(from, to);
    int days = MAX_COST_DAYS;
    LocalDate next = from;
    int done = 0;
    Rates learnt = rates;
    while (next.isBefore(to) && tally.ok()) {
      if (!lease.keep()) {
        throw new UsagePoller.LeaseLostException();
      }
      LocalDate start = next;
      LocalDate end = earliest(next.plusDays(days), to);
      Instant asked = clock.instant();
      Set<LocalDate> seen = new HashSet<>();
      var fresh = new ArrayList<CostDay>();
      ReadOutcome outcome =
          api.readCosts(
              start,
              end,
              turn,
              (origin, costs) -> {
                guard.check(origin);
                seen.add(costs.day());
                Change change = writer.replaceCosts(costs, asked);
                tally.add(change, costs.rows().size());
                if (change == Change.CHANGED || change == Change.RESTATED) {
                  fresh.add(costs);
                }
              });
      for (CostDay costs : fresh) {
        learnt = learnt.learn(costs);
      }
      if (outcome instanceof ReadOutcome.Complete
          && !outcome.defects().isEmpty()
          && ++done < reads) {
        // What is malformed once may be sound when it is asked for again.
        continue;
      }
      done = 0;
      guard.check(outcome);
      tally.defects(outcome.defects(), Width.DAY);
      switch (outcome) {
        case ReadOutcome.Complete _ -> {
          tally.covered(midnight(start), midnight(end));
          Defects known = Defects.NONE.with(outcome.defects());
          for (LocalDate day = start; day.isBefore(end); day = day.plusDays(1)) {
            if (!seen.contains(day)
                && day.isBefore(day(now))
                && known.within(midnight(day), midnight(day.plusDays(1))).isEmpty()) {
              tally.missing(midnight(day));
            }
          }
          next = end;
        }
        case ReadOutcome.TooLarge(Origin origin, long bound, _) -> {
          if (days == 1) {
            tally.fail(
                new Failed(
                    origin,
                    Kind.MALFORMED,
                    "one day of costs is larger than %d bytes".formatted(bound),
                    Optional.empty()));
          }
          days = Math.max(1, days / 2);
        }
        case Failed failed -> tally.fail(failed);
      }
    }
    if (!learnt.equals(rates)) {
      ledger.putRates(learnt);
      rates = learnt;
    }
  }

  private void names(Optional<Instant> lastSuccess) {
    var tally = new ReadTally();
    state = names.run(state, now, deadline, tally);
    results.put(CycleRecord.NAMES, tally.result(tally.ok() ? Optional.of(now) : lastSuccess));
  }

  /**
   * Estimates again what is stored of this month and those before it that a budget or a comparison
   * of now reaches into, if the user's own prices changed; the newest month first. What does not
   * fit into the time is left for the next cycle.
   */
  private void reestimate() {
    String own = settings.catalogue().ownVersion();
    if (own.equals(state.prices())) {
      return;
    }
    var estimator = new Estimator(settings.catalogue(), rates);
    YearMonth month = YearMonth.from(day(now));
    for (int back = 0; back < REESTIMATED_MONTHS; back++) {
      if (!lease.keep()) {
        throw new UsagePoller.LeaseLostException();
      }
      boolean done = writer.reestimate(month.minusMonths(back), estimator, now);
      if (done && !clock.instant().isBefore(deadline)) {
        return;
      }
    }
    state = state.withPrices(own);
  }

  /** Rolls up, marks as complete, and only then remembers how far reading has come. */
  private void finish() {
    YearMonth lastMonth = YearMonth.from(day(now)).minusMonths(1);
    boolean monthEnded =
        before.day().map(at -> !YearMonth.from(day(at)).isAfter(lastMonth)).orElse(false);
    if (monthEnded) {
      writer.close(lastMonth);
    }
    rollUp();
    if (!state.sameAs(before) || monthEnded) {
      records.put(state.on(now));
    }
  }

  private void rollUp() {
    if (writer.dirty()) {
      writer.finish(new Estimator(settings.catalogue(), rates), now);
    }
  }

  private DayTotals totals(LocalDate day) {
    var pools = new Pools(settings.groups(), settings.poolProjects());
    View view = settings.poolProjects().isEmpty() ? View.MODELS : View.ALL;
    long requests = 0;
    BigDecimal estimated = BigDecimal.ZERO;
    Optional<Rollup> rollup = ledger.rollup(view, ZoneOffset.UTC, day);
    if (rollup.isPresent()) {
      for (RollupRow row : rollup.get().rows()) {
        pools.add(row.endpoint(), row.usage());
        estimated = estimated.add(row.estimated());
        if (row.endpoint().countsRequests()) {
          requests += row.usage().orZero(Quantity.MODEL_REQUESTS);
        }
      }
    }
    var used = new TreeMap<String, Long>();
    pools.usage().forEach(pool -> used.put(pool.group(), pool.used()));
    unknownModels.addAll(pools.unknownModels());
    return new DayTotals(day, used, requests, estimated);
  }

  private static List<Known> longestWaitingFirst(Optional<CycleRecord> last) {
    var endpoints = new ArrayList<>(List.of(Known.values()));
    endpoints.sort(
        Comparator.comparing(endpoint -> lastSuccess(last, endpoint.id()).orElse(Instant.EPOCH)));
    return endpoints;
  }

  private static Optional<Instant> lastSuccess(Optional<CycleRecord> last, String id) {
    return last.map(cycle -> cycle.endpoints().getOrDefault(id, EndpointResult.NONE))
        .flatMap(EndpointResult::lastSuccess);
  }

  private Instant startOfToday() {
    return day(now).atStartOfDay(ZoneOffset.UTC).toInstant();
  }

  private static LocalDate day(Instant instant) {
    return LocalDate.ofInstant(instant, ZoneOffset.UTC);
  }

  private static Instant midnight(LocalDate day) {
    return day.atStartOfDay(ZoneOffset.UTC).toInstant();
  }

  private static Instant earlier(Instant a, Instant b) {
    return a.isBefore(b) ? a : b;
  }

  private static Instant later(Instant a, Instant b) {
    return a.isAfter(b) ? a : b;
  }

  private static LocalDate earliest(LocalDate a, LocalDate b) {
    return a.isBefore(b) ? a : b;
  }
}

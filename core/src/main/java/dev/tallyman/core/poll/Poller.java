package dev.tallyman.core.poll;

import dev.tallyman.core.ledger.Ledger;
import dev.tallyman.core.poll.CycleOutcome.Ran;
import dev.tallyman.core.poll.OriginCheck.WrongClockException;
import dev.tallyman.core.poll.OriginCheck.WrongOrganizationException;
import dev.tallyman.core.poll.UsagePoller.LeaseLostException;
import dev.tallyman.core.poll.records.CycleRecord;
import dev.tallyman.core.poll.records.PollState;
import dev.tallyman.core.poll.records.ReadOutcome;
import dev.tallyman.core.poll.records.Records;
import dev.tallyman.core.settings.UsageSettings;
import dev.tallyman.core.store.Store;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * Reads providers into ledgers. A cycle reads what is recent again, because it comes late and is
 * restated; a fill reads a slice of history; one day is read again when it is asked for. Each may
 * be repeated, run twice at once, or die at any call: the next one ends in the same ledger.
 */
public final class Poller {
  /** How far back a ledger is filled by itself. */
  public static final Duration HISTORY = Duration.ofDays(90);

  private final Store store;
  private final InstantSource clock;

  /** A poller that keeps what it reads in this store. */
  public Poller(Store store, InstantSource clock) {
    this.store = store;
    this.clock = clock;
  }

  /**
   * Runs one cycle.
   *
   * @param organization our id of it
   * @param trigger who asks, for the record
   * @param deadline when to have finished; what does not fit is left for the next cycle
   */
  public CycleOutcome cycle(
      String organization, UsageApi api, UsageSettings settings, String trigger, Instant deadline) {
    Optional<Lease> lease = Lease.acquire(store, organization, clock);
    if (lease.isEmpty()) {
      return new CycleOutcome.AlreadyRunning();
    }
    try (Lease held = lease.get()) {
      var run = run(organization, api, settings, held, deadline);
      CycleRecord cycle = run.cycle(trigger);
      if (run.mayPurge()) {
        store.purge();
      }
      return new Ran(cycle, run.unknownModels(), run.rows());
    } catch (WrongOrganizationException e) {
      return new CycleOutcome.WrongOrganization(e.reason());
    } catch (LeaseLostException _) {
      return new CycleOutcome.AlreadyRunning();
    }
  }

  /**
   * Reads one UTC day again, from all endpoints, and changes the ledger of no other.
   *
   * @param day today, or before
   * @param deadline when to have finished
   */
  public DayOutcome reread(
      String organization, UsageApi api, UsageSettings settings, LocalDate day, Instant deadline) {
    Instant start = day.atStartOfDay(ZoneOffset.UTC).toInstant();
    int kept = settings.retention().hours();
    if (!start.plus(Duration.ofDays(kept)).isAfter(clock.instant())) {
      return new DayOutcome.Refused(
          "%s is longer ago than the %d days that hours are kept; 'tallyman backfill --from %s'"
                  .formatted(day, kept, day)
              + " reads it if it is missing");
    }
    Optional<Lease> lease = Lease.acquire(store, organization, clock);
    if (lease.isEmpty()) {
      return new DayOutcome.AlreadyRunning();
    }
    try (Lease held = lease.get()) {
      return run(organization, api, settings, held, deadline).reread(day);
    } catch (WrongOrganizationException e) {
      return new DayOutcome.Refused(e.reason());
    } catch (WrongClockException e) {
      return new DayOutcome.Refused(e.reason());
    } catch (LeaseLostException _) {
      return new DayOutcome.AlreadyRunning();
    }
  }

  /**
   * Reads one slice of history, the newest that is missing: of the month to date, then week by
   * week.
   *
   * @param since how far back history is wanted
   * @param deadline when to have finished
   */
  public FillOutcome fill(
      String organization, UsageApi api, UsageSettings settings, Instant since, Instant deadline) {
    return fill(organization, api, settings, since, deadline, false);
  }

  /**
   * The same.
   *
   * @param verify whether to look first whether what was read is still there, a request to the
   *     store for each endpoint and day; what is gone is read again
   */
  public FillOutcome fill(
      String organization,
      UsageApi api,
      UsageSettings settings,
      Instant since,
      Instant deadline,
      boolean verify) {
    Instant wanted = since.truncatedTo(ChronoUnit.DAYS);
    // Looked up before the lease is taken, so that asking again costs one read and no write.
    PollState state = new Records(store, organization, settings.retention().cycles()).state();
    Optional<Instant> complete = state.completeSince();
    if (!verify && complete.isPresent() && !complete.get().isAfter(wanted)) {
      return new FillOutcome.Done(wanted, state.partial(wanted));
    }
    Optional<Lease> lease = Lease.acquire(store, organization, clock);
    if (lease.isEmpty()) {
      return new FillOutcome.AlreadyRunning();
    }
    try (Lease held = lease.get()) {
      var run = run(organization, api, settings, held, deadline);
      if (verify) {
        run.verify(wanted);
      }
      return run.fill(since);
    } catch (WrongOrganizationException e) {
      return new FillOutcome.WrongOrganization(e.reason());
    } catch (WrongClockException e) {
      return new FillOutcome.Stuck(ReadOutcome.Kind.CLOCK, e.reason());
    } catch (LeaseLostException _) {
      return new FillOutcome.AlreadyRunning();
    }
  }

  private Run run(
      String organization, UsageApi api, UsageSettings settings, Lease lease, Instant deadline) {
    Instant now = clock.instant();
    // What was read still has to be rolled up and marked as complete.
    Duration left = Duration.between(now, deadline);
    Instant readUntil = deadline.minus(left.dividedBy(4));
    return new Run(
        new Ledger(store, organization, settings.retention()),
        new Records(store, organization, settings.retention().cycles()),
        new OriginCheck(new Organizations(store), organization, clock, api),
        api,
        settings,
        lease,
        clock,
        readUntil);
  }
}

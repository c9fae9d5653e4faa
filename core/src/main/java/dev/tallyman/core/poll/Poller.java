package dev.tallyman.core.poll;

import dev.tallyman.core.ledger.Ledger;
import dev.tallyman.core.poll.CycleOutcome.Ran;
import dev.tallyman.core.poll.Guard.WrongOrganizationException;
import dev.tallyman.core.poll.UsageReader.LeaseLostException;
import dev.tallyman.core.settings.Settings;
import dev.tallyman.core.store.Store;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Reads providers into ledgers. A cycle reads what is recent again, because it comes late and is
 * restated; a fill reads a slice of history. Either may be repeated, run twice at once, or die at
 * any call: the next one ends in the same ledger.
 */
public final class Poller {
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
      String organization, UsageApi api, Settings settings, String trigger, Instant deadline) {
    Optional<Lease> lease = Lease.acquire(store, organization, clock);
    if (lease.isEmpty()) {
      return new CycleOutcome.AlreadyRunning();
    }
    try (Lease held = lease.get()) {
      var run = run(organization, api, settings, held, deadline);
      return new Ran(run.cycle(trigger), run.unknownModels());
    } catch (WrongOrganizationException e) {
      return new CycleOutcome.WrongOrganization(e.reason());
    } catch (LeaseLostException _) {
      return new CycleOutcome.AlreadyRunning();
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
      String organization, UsageApi api, Settings settings, Instant since, Instant deadline) {
    Optional<Lease> lease = Lease.acquire(store, organization, clock);
    if (lease.isEmpty()) {
      return new FillOutcome.AlreadyRunning();
    }
    try (Lease held = lease.get()) {
      return run(organization, api, settings, held, deadline).fill(since);
    } catch (WrongOrganizationException e) {
      return new FillOutcome.WrongOrganization(e.reason());
    } catch (LeaseLostException _) {
      return new FillOutcome.AlreadyRunning();
    }
  }

  private Run run(
      String organization, UsageApi api, Settings settings, Lease lease, Instant deadline) {
    Instant now = clock.instant();
    // What was read still has to be rolled up and vouched for.
    Duration left = Duration.between(now, deadline);
    Instant readUntil = deadline.minus(left.dividedBy(4));
    return new Run(
        new Ledger(store, organization, settings.retention()),
        new Records(store, organization, settings.retention().cycles()),
        new Guard(new Organizations(store), organization, clock),
        api,
        settings,
        lease,
        clock,
        readUntil);
  }
}

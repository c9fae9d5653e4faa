package dev.tallyman.cli.local;

import dev.tallyman.cli.config.Config;
import dev.tallyman.cli.config.LocationOptions;
import dev.tallyman.cli.process.Exit;
import dev.tallyman.cli.process.Failure;
import dev.tallyman.cli.process.ProcessContext;
import dev.tallyman.cli.process.Stop;
import dev.tallyman.cli.show.Progress;
import dev.tallyman.cli.show.Terminal;
import dev.tallyman.cli.show.Text;
import dev.tallyman.core.poll.FillOutcome;
import dev.tallyman.core.poll.records.ReadOutcome.Kind;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Reads history back to a day, slice by slice, newest first. */
@Command(
    name = "backfill",
    header = "Reads history back to a day; may be stopped and run again.",
    description = {
      "",
      "It reads the newest that is missing first, and goes on where it stopped. What was read and"
          + " is gone from the ledger is read again. A server may run meanwhile.",
      ""
    })
public final class Backfill implements Callable<Integer> {
  private static final Duration SLICE = Duration.ofMinutes(2);

  /** How long to wait before asking a provider again that has just refused, in real time. */
  private static final Duration REST = Duration.ofSeconds(20);

  /** How soon to look again whether the other poller is done, in real time. */
  private static final Duration LOOK = Duration.ofSeconds(2);

  private static final int PATIENCE = 5;
  private static final int LOOKS = 150;

  private final ProcessContext context;
  private final Stop stop;
  @Mixin private final LocationOptions places = new LocationOptions();

  @Option(
      names = "--from",
      required = true,
      paramLabel = "DATE",
      description = "The first day to read, in UTC, such as 2026-01-01.")
  private LocalDate from = LocalDate.EPOCH;

  @Option(
      names = "--org",
      paramLabel = "ID",
      description = "Only this organization (default: all of the configuration).")
  private Optional<String> organization = Optional.empty();

  @Option(names = "--ascii", description = "Use no characters beyond ASCII.")
  private boolean ascii;

  public Backfill(ProcessContext context, Stop stop) {
    this.context = context;
    this.stop = stop;
  }

  @Override
  public Integer call() {
    Config config = places.config(context, Config.Needs.KEYS);
    Terminal terminal = context.terminal().with(ascii);
    Instant since = from.atStartOfDay(ZoneOffset.UTC).toInstant();
    if (!since.isBefore(config.clock().instant())) {
      throw new Failure(Exit.USAGE, "--from " + from + " lies in the future");
    }
    int worst = Exit.OK;
    try (LocalRuntime runtime = new LocalRuntime(config, context, stop, _ -> {}, _ -> {})) {
      LocalRuntime.tellIfSimulated(config, terminal);
      runtime.open();
      for (String id : runtime.chosen(organization)) {
        Progress progress = new Progress(terminal, context.real());
        try {
          int code = fill(runtime, id, since, progress, terminal);
          worst = worst == Exit.OK ? code : worst;
        } finally {
          progress.clear();
        }
      }
    } catch (StoppableStore.StoppedException _) {
      terminal.tell("Stopped; run it again to go on.");
      return Exit.SOME_FAILED;
    }
    return worst;
  }

  private int fill(
      LocalRuntime runtime, String id, Instant since, Progress progress, Terminal terminal) {
    Instant now = runtime.pace().clock().instant();
    int failures = 0;
    int looks = 0;
    boolean anything = false;
    boolean verified = false;
    while (true) {
      FillOutcome outcome = runtime.fill(id, since, SLICE, !verified);
      verified |= outcome instanceof FillOutcome.Done || outcome instanceof FillOutcome.Advanced;
      switch (outcome) {
        case FillOutcome.Done(Instant reached, var partial) -> {
          progress.clear();
          LocalDate day = reached.atZone(ZoneOffset.UTC).toLocalDate();
          if (partial.isEmpty()) {
            terminal.print(id + " is complete since " + day + " UTC");
            return Exit.OK;
          }
          terminal.print(id + " is read since " + day + " UTC, but not whole");
          partial.forEach(part -> terminal.tell(Text.safe(id + ": " + part)));
          return Exit.SOME_FAILED;
        }
        case FillOutcome.Advanced slice -> {
          anything = true;
          failures = 0;
          looks = 0;
          progress.show(id, slice, now);
        }
        case FillOutcome.Stuck(Kind kind, String message) -> {
          progress.clear();
          terminal.tell(Text.safe(id + ": " + message));
          if (kind == Kind.BAD_KEY || kind == Kind.MISSING_SCOPE) {
            return Exit.AUTH;
          }
          if (++failures >= PATIENCE) {
            terminal.tell("Given up for now; run it again to go on.");
            return anything ? Exit.SOME_FAILED : Exit.UNREACHABLE;
          }
          if (kind != Kind.OUT_OF_TIME && stop.await(REST)) {
            throw new StoppableStore.StoppedException();
          }
        }
        case FillOutcome.AlreadyRunning() -> {
          if (++looks >= LOOKS) {
            terminal.tell(id + ": another poller is at work all the time; try again later.");
            return Exit.SOME_FAILED;
          }
          if (stop.await(LOOK)) {
            throw new StoppableStore.StoppedException();
          }
        }
        case FillOutcome.WrongOrganization(String message) -> {
          terminal.tell(Text.safe(id + ": " + message));
          return Exit.AUTH;
        }
      }
    }
  }
}

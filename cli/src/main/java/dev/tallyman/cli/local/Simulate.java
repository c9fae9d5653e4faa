package dev.tallyman.cli.local;

import dev.tallyman.cli.process.Exit;
import dev.tallyman.cli.process.Failure;
import dev.tallyman.cli.process.ProcessContext;
import dev.tallyman.cli.process.Stop;
import dev.tallyman.cli.show.Terminal;
import dev.tallyman.core.Clock;
import dev.tallyman.simulator.Fault;
import dev.tallyman.simulator.Simulator;
import dev.tallyman.simulator.SimulatorOptions;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Serves a simulated organization alone, as the provider would. */
@Command(
    name = "simulate",
    header = "Serves a simulated OpenAI organization, as the provider would.")
public final class Simulate implements Callable<Integer> {
  private final ProcessContext context;
  private final Stop stop;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "Where to listen; 0 for a free port (default: 4010).")
  private int port = 4010;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "What everything is made from (default: 20).")
  private long seed = SimulatorOptions.SEED;

  @Option(
      names = "--now",
      paramLabel = "INSTANT",
      description = "What its clock says at the start (default: the real time).")
  private Optional<Instant> now = Optional.empty();

  @Option(
      names = "--speed",
      paramLabel = "FACTOR",
      description = "How many of its seconds pass in a real one (default: 1).")
  private Optional<Long> speed = Optional.empty();

  @Option(
      names = "--faults",
      paramLabel = "LIST|all",
      description =
          "What goes wrong, separated by commas: late, restated, missing, nulls, rate-limit,"
              + " server-error, not-found, hang, truncated, decimals, page-token.")
  private String faults = "";

  @Option(
      names = "--admin-key",
      paramLabel = "KEY",
      description = "The only admin key it accepts (default: any sk-admin-...).")
  private Optional<String> adminKey = Optional.empty();

  public Simulate(ProcessContext context, Stop stop) {
    this.context = context;
    this.stop = stop;
  }

  @Override
  public Integer call() {
    try (Simulator simulator = start()) {
      Terminal terminal = context.terminal();
      terminal.print("OPENAI_BASE_URL=" + simulator.baseUrl());
      terminal.tell(
          "A SIMULATED organization, seed " + seed + ", listens at " + simulator.baseUrl());
      stop.await();
      return Exit.OK;
    } catch (IllegalArgumentException e) {
      throw new Failure(Exit.USAGE, Failure.message(e), e);
    } catch (IOException e) {
      throw new Failure(
          Exit.UNREACHABLE,
          "Cannot listen on port "
              + port
              + " ("
              + Failure.message(e)
              + "); choose another with --port",
          e);
    }
  }

  private Simulator start() throws IOException {
    Optional<String> shared = context.variable(Clock.VARIABLE);
    if (shared.isEmpty()) {
      return new SimulatorOptions(port, seed, now, speed.orElse(1L), adminKey, Fault.parse(faults))
          .start(context.real());
    }
    if (now.isPresent() || speed.isPresent()) {
      throw new Failure(
          Exit.USAGE,
          Clock.VARIABLE + " is set, which says what --now and --speed would; unset it");
    }
    if (port < 0 || port > 65_535) {
      throw new Failure(Exit.USAGE, "a port is 0 to 65535, not " + port);
    }
    Simulator.Builder builder =
        Simulator.builder(Clock.parse(shared.get(), context.real()))
            .port(port)
            .seed(seed)
            .faults(Fault.parse(faults));
    adminKey.ifPresent(builder::adminKey);
    return builder.build().start();
  }
}

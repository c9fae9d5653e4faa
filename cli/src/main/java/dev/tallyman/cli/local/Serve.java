package dev.tallyman.cli.local;

import dev.tallyman.api.Routes;
import dev.tallyman.api.access.Access;
import dev.tallyman.api.access.Role;
import dev.tallyman.api.site.PollTrigger;
import dev.tallyman.api.site.Site;
import dev.tallyman.cli.config.Config;
import dev.tallyman.cli.config.Ledgers;
import dev.tallyman.cli.config.LocationOptions;
import dev.tallyman.cli.process.Exit;
import dev.tallyman.cli.process.Failure;
import dev.tallyman.cli.process.ProcessContext;
import dev.tallyman.cli.process.Stop;
import dev.tallyman.cli.show.Progress;
import dev.tallyman.cli.show.Terminal;
import dev.tallyman.core.poll.CycleOutcome;
import dev.tallyman.core.poll.DayOutcome;
import dev.tallyman.core.poll.PollJob;
import dev.tallyman.core.settings.Hosts;
import dev.tallyman.core.store.StoreException;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Polls on a schedule and serves the API, until it is told to end. */
@Command(
    name = "serve",
    header = "Polls the organizations on a schedule and serves the API; the default command.",
    description = {
      "",
      "Without OPENAI_ADMIN_KEY it starts a simulated organization, and says so everywhere.",
      ""
    })
public final class Serve implements Callable<Integer> {
  /** The longest that an end waits for a poll to notice it. */
  private static final Duration GRACE = Duration.ofSeconds(5);

  /** How soon an organization that settings name is polled, in real time. */
  private static final Duration LOOK = Duration.ofSeconds(2);

  private final ProcessContext context;
  private final Stop stop;
  private final Consumer<Integer> listening;

  @Mixin private final LocationOptions places = new LocationOptions();

  @Option(
      names = "--host",
      paramLabel = "ADDRESS",
      description = "Where to listen (default: 127.0.0.1); beyond this machine tokens are needed.")
  private Optional<String> host = Optional.empty();

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "The port to listen on; 0 for a free one (default: 8080).")
  private Optional<Integer> port = Optional.empty();

  @Option(
      names = "--access-log",
      paramLabel = "FILE",
      description = "Where to log each request as a line of JSON (default: standard error).")
  private Optional<String> accessLog = Optional.empty();

  /**
   * The command.
   *
   * @param listening is told the port as soon as the server answers
   */
  public Serve(ProcessContext context, Stop stop, Consumer<Integer> listening) {
    this.context = context;
    this.stop = stop;
    this.listening = listening;
  }

  @Override
  public Integer call() {
    if (port.isPresent() && (port.get() < 0 || port.get() > 65_535)) {
      throw new Failure(Exit.USAGE, "--port is 0 to 65535, not " + port.get());
    }
    Config config =
        Config.load(
            context,
            new Config.Flags(places.file(), places.data(), host, port, accessLog),
            Config.Needs.KEYS);
    Config.Listening server = config.server();
    boolean loopback = Hosts.isLoopback(server.host());
    Access access = access(server, loopback);
    Optional<String> refusal = access.refusal(loopback);
    if (refusal.isPresent()) {
      throw new Failure(Exit.USAGE, refusal.get());
    }
    Terminal terminal = context.terminal();
    try (Log log =
            Log.open(
                server.accessLog(),
                terminal,
                config.clock(),
                new Progress(terminal, context.real()));
        LocalRuntime runtime =
            new LocalRuntime(
                config, context, stop, log::event, failure -> undelivered(log, failure))) {
      String usual = runtime.organizations().stream().findFirst().orElse(Config.USUAL_ORGANIZATION);
      Routes routes =
          new Routes(
              new Site(
                  runtime.store(),
                  config.clock(),
                  () -> usual,
                  config.overrides()::over,
                  config.keys(),
                  () -> access,
                  polls(runtime),
                  runtime.deliveries(),
                  handled -> log.line(handled.line())));
      try (LocalServer listener = LocalServer.start(server.host(), server.port(), routes)) {
        runtime.servedAt("http://" + inUrl(reachable(server.host())) + ":" + listener.port());
        greet(config, listener.port(), terminal);
        listening.accept(listener.port());
        runtime.open();
        Thread.ofVirtual().name("due").start(() -> runtime.deliverDue(stop::await));
        Map<String, Thread> pollers = new LinkedHashMap<>();
        Set<String> told = new HashSet<>();
        do {
          pollWhatIsNamed(runtime, config.every(), log, pollers, told);
        } while (!stop.await(LOOK) && runtime.lost().isEmpty());
        // What is polled into a file that is gone is lost.
        Optional<String> lost = stop.wanted() ? Optional.empty() : runtime.lost();
        stop.now();
        end(pollers.values());
        if (lost.isPresent()) {
          throw new Failure(Exit.UNREACHABLE, "The store: " + lost.get());
        }
      }
    }
    return Exit.OK;
  }

  private static void undelivered(Log log, RuntimeException failure) {
    log.event("not_delivered", Map.of("message", Failure.message(failure)));
  }

  /** What a link can lead to where a server listens everywhere. */
  private static String reachable(String host) {
    return host.equals("0.0.0.0") || host.equals("::") ? "127.0.0.1" : host;
  }

  private static String inUrl(String host) {
    return host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
  }

  /** Polls what has been named since, and tells once what is named but cannot be read. */
  private void pollWhatIsNamed(
      LocalRuntime runtime,
      Duration every,
      Log log,
      Map<String, Thread> pollers,
      Set<String> told) {
    try {
      for (String organization : runtime.organizations()) {
        if (!pollers.containsKey(organization) || !pollers.get(organization).isAlive()) {
          PollLoop loop =
              new PollLoop(runtime, organization, every, stop, log, RandomGenerator.getDefault());
          pollers.put(organization, Thread.ofPlatform().name("poll-" + organization).start(loop));
        }
      }
      runtime
          .unread()
          .forEach((organization, why) -> {
            if (told.add(organization + ": " + why)) {
              log.event("not_polled", Map.of("organization", organization, "message", why));
            }
          });
    } catch (StoreException e) {
      log.event("store_failed", Map.of("message", Failure.message(e)));
    }
  }

  /** A poll notices the end at its next call of the store; what it waits for is interrupted. */
  private static void end(Collection<Thread> pollers) {
    pollers.forEach(Thread::interrupt);
    for (Thread poller : pollers) {
      try {
        if (!poller.join(GRACE)) {
          // It is abandoned where it stands, as if the process had died; the next cycle repairs it.
          return;
        }
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private static Access access(Config.Listening server, boolean loopback) {
    return new Access(
        hashes(server.tokens(), Role.VIEWER),
        hashes(server.tokens(), Role.OPERATOR),
        loopback,
        server.anonymousRead(),
        server.origins());
  }

  private static Set<String> hashes(Map<String, Role> tokens, Role role) {
    return tokens.entrySet().stream()
        .filter(token -> token.getValue() == role)
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }

  private static PollTrigger polls(LocalRuntime runtime) {
    return new PollTrigger() {
      @Override
      public Outcome poll(String organization) {
        try {
          PollJob.Result result = runtime.poll(organization, "api");
          return switch (result.outcome()) {
            case CycleOutcome.Ran(var cycle, _, _) ->
                new Outcome.Done(cycle, result.count("triggered"));
            case CycleOutcome.AlreadyRunning() -> new Outcome.AlreadyRunning();
            case CycleOutcome.WrongOrganization(String message) -> new Outcome.Failed(message);
          };
        } catch (Failure e) {
          return new Outcome.Failed(e.text());
        }
      }

      @Override
      public DayOutcome reread(String organization, LocalDate day) {
        try {
          return runtime.reread(organization, day);
        } catch (Failure e) {
          return new DayOutcome.Refused(e.text());
        }
      }
    };
  }

  private static void greet(Config config, int port, Terminal terminal) {
    terminal.tell(
        "Tallyman listens at http://"
            + inUrl(config.server().host())
            + ":"
            + port
            + " (the API: /api/v1/openapi.json)");
    terminal.tell("Its ledger is " + Ledgers.toFill(config) + ".");
    LocalRuntime.tellIfSimulated(config, terminal);
  }
}

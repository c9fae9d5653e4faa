package dev.tallyman.cli.local;

import dev.tallyman.api.site.DeliveryTrigger;
import dev.tallyman.channels.HttpSender;
import dev.tallyman.channels.InProcessTopic;
import dev.tallyman.channels.ParallelDelivery;
import dev.tallyman.cli.config.Config;
import dev.tallyman.cli.config.Ledgers;
import dev.tallyman.cli.process.Exit;
import dev.tallyman.cli.process.Failure;
import dev.tallyman.cli.process.ProcessContext;
import dev.tallyman.cli.process.Stop;
import dev.tallyman.cli.show.Terminal;
import dev.tallyman.core.Pace;
import dev.tallyman.core.alert.Alerts;
import dev.tallyman.core.delivery.Channel;
import dev.tallyman.core.delivery.Deliverer;
import dev.tallyman.core.delivery.Notification;
import dev.tallyman.core.delivery.Reference;
import dev.tallyman.core.delivery.Sender.Outcome;
import dev.tallyman.core.poll.DayOutcome;
import dev.tallyman.core.poll.FillOutcome;
import dev.tallyman.core.poll.PollEvent;
import dev.tallyman.core.poll.PollJob;
import dev.tallyman.core.poll.Poller;
import dev.tallyman.core.poll.UsageApi;
import dev.tallyman.core.settings.OrganizationSettings;
import dev.tallyman.core.settings.Overrides;
import dev.tallyman.core.settings.Settings;
import dev.tallyman.core.settings.SettingsResult;
import dev.tallyman.core.settings.SettingsStore;
import dev.tallyman.core.store.Store;
import dev.tallyman.openai.OpenAiUsageApi;
import dev.tallyman.openai.call.OpenAiConfig;
import dev.tallyman.simulator.Simulator;
import dev.tallyman.sqlite.SqliteStore;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * What a process that polls is made of: a store, the organizations that fill it and, if there is no
 * key, the simulated one. Nothing is opened before {@link #open}.
 */
final class LocalRuntime implements AutoCloseable {
  /** The longest that one cycle may take, in real time. */
  private static final Duration CYCLE = Duration.ofMinutes(4);

  /** The variable that allows channels on this machine. */
  private static final String ALLOW_LOCAL = "TALLYMAN_ALLOW_LOCAL_WEBHOOKS";

  /** Any key of this form opens the simulated organization. */
  private static final String SIMULATED_KEY = "sk-admin-simulated";

  private final Config config;
  private final ProcessContext context;
  private final SqliteStore store;
  private final SettingsStore stored;
  private final Poller poller;
  private final Pace pace;
  private final List<AutoCloseable> opened = new ArrayList<>();
  private final Map<Config.Provider, OpenAiUsageApi> apis = new HashMap<>();
  private final Deliverer deliverer;
  private final InProcessTopic topic;
  private final PollJob job;
  private Optional<Config.Provider> simulated = Optional.empty();
  private Overrides own = Overrides.NONE;
  private boolean applied;

  /**
   * A local runtime.
   *
   * @param events told what happens while an organization is polled
   * @param troubles told what goes wrong with a delivery and is tried again
   */
  LocalRuntime(
      Config config,
      ProcessContext context,
      Stop stop,
      Consumer<PollEvent> events,
      Consumer<RuntimeException> troubles) {
    this.config = config;
    this.context = context;
    this.store = new SqliteStore(Ledgers.toFill(config), config.clock());
    this.stored = new SettingsStore(store);
    this.pace = new Pace(config.clock());
    var stoppable = new StoppableStore(store, stop);
    this.poller = new Poller(stoppable, config.clock());
    boolean local = context.variable(ALLOW_LOCAL).filter("true"::equalsIgnoreCase).isPresent();
    this.deliverer =
        new Deliverer(
            store,
            pace,
            name -> Optional.ofNullable(settings().channels().get(name)),
            new HttpSender(config.keys().secrets(), Optional.empty(), local, pace.real()),
            RandomGenerator.getDefault());
    this.topic = new InProcessTopic(new ParallelDelivery(deliverer)::deliver, troubles::accept);
    this.job =
        new PollJob(poller, List.of(new Alerts(stoppable, topic, config.clock())), pace, events);
  }

  Store store() {
    return store;
  }

  /** Says that the file of the ledger is gone, with what to do; empty as long as it is there. */
  Optional<String> lost() {
    return store.lost();
  }

  Pace pace() {
    return pace;
  }

  /** The ids of the organizations that are read by now; settings may name others at any time. */
  List<String> organizations() {
    return config.simulated() ? List.of(Ledgers.SIMULATED) : List.copyOf(providers().keySet());
  }

  /**
   * Those that file and variables name, unless the settings of the ledger say otherwise of the same
   * organization or key, and those that the settings name.
   */
  synchronized Map<String, Config.Provider> providers() {
    Map<String, Config.Provider> providers = new LinkedHashMap<>();
    if (config.simulated()) {
      simulated.ifPresent(provider -> providers.put(provider.id(), provider));
      return providers;
    }
    List<OrganizationSettings> named = named();
    for (Config.Provider each : config.organizations()) {
      Optional<String> key = Optional.of(each.keyVariable());
      if (named.stream().noneMatch(n -> n.id().equals(each.id()) || n.keyEnv().equals(key))) {
        providers.put(each.id(), each);
      }
    }
    for (OrganizationSettings each : named) {
      if (config.keys().missing(each).isEmpty()) {
        providers.put(each.id(), config.keys().provider(each));
      }
    }
    return providers;
  }

  /** Why organizations that the settings name are not read, with the remedy, by their ids. */
  synchronized Map<String, String> unread() {
    Map<String, String> unread = new LinkedHashMap<>();
    for (OrganizationSettings each : named()) {
      Optional<String> why =
          config.simulated()
              ? Optional.of(
                  "what is real is never read into a simulated ledger; start again with"
                      + " OPENAI_ADMIN_KEY set, or with the file that names it in --config")
              : config.keys().missing(each);
      why.ifPresent(reason -> unread.put(each.id(), reason));
    }
    return unread;
  }

  /** The organizations of the settings; what the file says of them holds before it is applied. */
  private List<OrganizationSettings> named() {
    Optional<Settings> file = applied ? Optional.empty() : config.settings();
    return file.orElseGet(() -> stored.load().settings()).organizations();
  }

  /**
   * The organization that is named, or all.
   *
   * @throws Failure if there is none of that name
   */
  List<String> chosen(Optional<String> organization) {
    organization.ifPresent(this::api);
    return organization.map(List::of).orElseGet(this::organizations);
  }

  /** Says plainly that nothing real is read, if that is so. */
  static void tellIfSimulated(Config config, Terminal terminal) {
    if (config.simulated()) {
      terminal.warn(
          "SIMULATED: OPENAI_ADMIN_KEY is not set, so this is a simulated organization;"
              + " nothing in it is real.");
    }
  }

  /**
   * Starts the simulated organization if there is no other, and hands the file to the ledger.
   *
   * @throws dev.tallyman.core.store.StoreException if the ledger cannot be written
   */
  synchronized void open() {
    store.probe();
    if (config.simulated()) {
      try {
        Simulator simulator = Simulator.builder(config.clock()).build().start();
        opened.add(simulator);
        simulated =
            Optional.of(
                new Config.Provider(
                    Ledgers.SIMULATED,
                    Ledgers.SIMULATED,
                    "",
                    Optional.of(SIMULATED_KEY),
                    OpenAiConfig.of(simulator.baseUrl().toString())));
        simulator.sharingProject().ifPresent(this::drawOnPools);
      } catch (IOException e) {
        throw new Failure(
            Exit.UNREACHABLE, "The simulated organization cannot listen on this machine", e);
      }
    }
    config.organizations().forEach(this::api);
    config.settings().ifPresent(this::apply);
    applied = true;
  }

  /**
   * Only one project of the simulated organization shares its data; settings of a user's own win.
   */
  private void drawOnPools(String project) {
    Map<String, Object> document = Map.of("pools", Map.of("projects", List.of(project)));
    if (config.settings().isEmpty()
        && stored.load().version() == 0
        && Settings.of(document) instanceof SettingsResult.Valid(Settings settings)) {
      apply(settings);
    }
  }

  private void apply(Settings wanted) {
    for (int attempt = 0; attempt < 10; attempt++) {
      SettingsStore.Stored current = stored.load();
      if (current.settings().equals(wanted)
          || stored.save(wanted, current.version(), "local", config.clock().instant())) {
        return;
      }
    }
    throw new Failure(Exit.UNREACHABLE, "Others keep changing the settings; try again");
  }

  /** The settings that hold: those of the ledger, with what variables say above them. */
  Settings settings() {
    Settings settings = config.overrides().over(stored.load().settings());
    return settings.alerts().publicUrl().isEmpty() ? own.over(settings) : settings;
  }

  /** Messages lead here unless the settings or a variable say otherwise. */
  void servedAt(String url) {
    own = Overrides.of(Map.of("PUBLIC_URL", url), _ -> {});
  }

  /**
   * The provider's side of an organization.
   *
   * @throws Failure if it is not read here, or cannot be for its key
   */
  synchronized OpenAiUsageApi api(String organization) {
    Map<String, Config.Provider> providers = providers();
    Config.Provider provider = providers.get(organization);
    if (provider == null) {
      String why = unread().get(organization);
      throw new Failure(
          Exit.USAGE,
          why == null
              ? "'"
                  + organization
                  + "' is not read here; known are "
                  + String.join(", ", providers.keySet())
              : organization + ": " + why);
    }
    return api(provider);
  }

  private OpenAiUsageApi api(Config.Provider provider) {
    OpenAiUsageApi known = apis.get(provider);
    if (known != null) {
      return known;
    }
    try {
      OpenAiUsageApi api =
          new OpenAiUsageApi(
              provider.openAi(), provider.key().orElseThrow(), context.variables(), config.clock());
      opened.add(api);
      apis.put(provider, api);
      return api;
    } catch (IllegalArgumentException e) {
      throw new Failure(Exit.USAGE, provider.id() + ": " + e.getMessage(), e);
    }
  }

  /** Polls an organization and does what follows. */
  PollJob.Result poll(String organization, String trigger) {
    return poll(organization, trigger, api(organization));
  }

  /** The same for somebody who is told, in a few words, what is being read. */
  PollJob.Result poll(String organization, String trigger, Consumer<String> told) {
    return poll(organization, trigger, new WatchedApi(api(organization), told));
  }

  private PollJob.Result poll(String organization, String trigger, UsageApi api) {
    return job.run(organization, api, settings(), trigger, pace.in(CYCLE));
  }

  /** Reads one UTC day of an organization again. */
  DayOutcome reread(String organization, LocalDate day) {
    return poller.reread(organization, api(organization), settings().usage(), day, pace.in(CYCLE));
  }

  /** Delivers what is due every half minute, until waiting is over. */
  void deliverDue(InProcessTopic.Waiting waiting) {
    topic.runDue(store, this::organizations, pace, waiting);
  }

  /** Delivers what somebody asks for. */
  DeliveryTrigger deliveries() {
    return new DeliveryTrigger() {
      @Override
      public Outcome send(Channel channel, Notification test) {
        return deliverer.test(channel, test);
      }

      @Override
      public void repeat(Reference reference) {
        topic.repeat(reference);
      }
    };
  }

  /**
   * Reads one slice of history.
   *
   * @param longest in real time
   * @param verify whether to look first whether what was read is still there
   */
  FillOutcome fill(String organization, Instant since, Duration longest, boolean verify) {
    return poller.fill(
        organization, api(organization), settings().usage(), since, pace.in(longest), verify);
  }

  /**
   * Reads history slice by slice until it is complete, a slice fails or this instant has come.
   *
   * @param longest how long a slice may take in real time
   */
  FillOutcome fill(String organization, Instant since, Duration longest, Instant until) {
    Instant first = pace.in(longest);
    return job.fill(
        organization,
        api(organization),
        settings(),
        since,
        longest,
        first.isAfter(until) ? first : until);
  }

  @Override
  public void close() {
    topic.close();
    for (AutoCloseable each : opened.reversed()) {
      close(each);
    }
    store.close();
  }

  private static void close(AutoCloseable each) {
    switch (each) {
      case Simulator simulator -> simulator.close();
      case OpenAiUsageApi api -> api.close();
      default -> throw new IllegalStateException("nothing else is opened here");
    }
  }
}

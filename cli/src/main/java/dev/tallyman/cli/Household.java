package dev.tallyman.cli;

import dev.tallyman.core.poll.CycleOutcome;
import dev.tallyman.core.poll.FillOutcome;
import dev.tallyman.core.poll.Poller;
import dev.tallyman.core.settings.Settings;
import dev.tallyman.core.settings.SettingsResult;
import dev.tallyman.core.settings.SettingsStore;
import dev.tallyman.core.store.Store;
import dev.tallyman.openai.OpenAiConfig;
import dev.tallyman.openai.OpenAiUsageApi;
import dev.tallyman.simulator.Simulator;
import dev.tallyman.sqlite.SqliteStore;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a process that polls is made of: a store, the organizations that fill it and, if there is no
 * key, the simulated one. Nothing is opened before {@link #open}.
 */
final class Household implements AutoCloseable {
  /** How far back a ledger is filled by itself. */
  static final Duration HISTORY = Duration.ofDays(90);

  /** The longest that one cycle may take, in real time. */
  private static final Duration CYCLE = Duration.ofMinutes(4);

  /** Any key of this form opens the simulated organization. */
  private static final String SIMULATED_KEY = "sk-admin-simulated";

  private final Config config;
  private final Surroundings around;
  private final Store store;
  private final Poller poller;
  private final Pace pace;
  private final List<AutoCloseable> opened = new ArrayList<>();
  private final Map<String, OpenAiUsageApi> apis = new LinkedHashMap<>();

  Household(Config config, Surroundings around, Stop stop) {
    this.config = config;
    this.around = around;
    this.store = new SqliteStore(Ledgers.toFill(config), config.clock());
    this.poller = new Poller(new StoppableStore(store, stop), config.clock());
    this.pace = new Pace(config.clock());
  }

  Store store() {
    return store;
  }

  Pace pace() {
    return pace;
  }

  /** The ids of the organizations that are read. */
  List<String> organizations() {
    return config.simulated()
        ? List.of(Ledgers.SIMULATED)
        : config.organizations().stream().map(Config.Provider::id).toList();
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
      terminal.tell(
          terminal.warning(
              "SIMULATED: OPENAI_ADMIN_KEY is not set, so this is a simulated organization;"
                  + " nothing in it is real."));
    }
  }

  /** Starts the simulated organization if there is no other, and hands the file to the ledger. */
  void open() {
    if (config.simulated()) {
      try {
        Simulator simulator = Simulator.builder(config.clock()).build().start();
        opened.add(simulator);
        put(Ledgers.SIMULATED, OpenAiConfig.of(simulator.baseUrl().toString()), SIMULATED_KEY);
        simulator.sharingProject().ifPresent(this::drawOnPools);
      } catch (IOException e) {
        throw new Failure(
            Exit.UNREACHABLE, "The simulated organization cannot listen on this machine", e);
      }
    }
    for (Config.Provider provider : config.organizations()) {
      put(provider.id(), provider.openAi(), provider.key().orElseThrow());
    }
    config.settings().ifPresent(this::apply);
  }

  private void put(String id, OpenAiConfig openAi, String key) {
    try {
      OpenAiUsageApi api = new OpenAiUsageApi(openAi, key, around.variables(), config.clock());
      opened.add(api);
      apis.put(id, api);
    } catch (IllegalArgumentException e) {
      throw new Failure(Exit.USAGE, id + ": " + e.getMessage(), e);
    }
  }

  /**
   * Only one project of the simulated organization shares its data; settings of a user's own win.
   */
  private void drawOnPools(String project) {
    Map<String, Object> document = Map.of("pools", Map.of("projects", List.of(project)));
    if (config.settings().isEmpty()
        && new SettingsStore(store).load().version() == 0
        && Settings.of(document) instanceof SettingsResult.Valid(Settings settings)) {
      apply(settings);
    }
  }

  private void apply(Settings wanted) {
    SettingsStore settings = new SettingsStore(store);
    for (int attempt = 0; attempt < 10; attempt++) {
      SettingsStore.Stored stored = settings.load();
      if (stored.settings().equals(wanted) || settings.save(wanted, stored.version())) {
        return;
      }
    }
    throw new Failure(Exit.UNREACHABLE, "Others keep changing the settings; try again");
  }

  /** The settings that hold: those of the ledger, with what variables say above them. */
  Settings settings() {
    return config.overrides().over(new SettingsStore(store).load().settings());
  }

  OpenAiUsageApi api(String organization) {
    return Optional.ofNullable(apis.get(organization))
        .orElseThrow(() ->
            new Failure(
                Exit.USAGE,
                "'"
                    + organization
                    + "' is not read here; known are "
                    + String.join(", ", organizations())));
  }

  /** Runs one cycle of an organization. */
  CycleOutcome cycle(String organization, String trigger) {
    return poller.cycle(organization, api(organization), settings(), trigger, pace.in(CYCLE));
  }

  /**
   * Reads one slice of history.
   *
   * @param longest in real time
   */
  FillOutcome fill(String organization, Instant since, Duration longest) {
    return poller.fill(organization, api(organization), settings(), since, pace.in(longest));
  }

  @Override
  public void close() {
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

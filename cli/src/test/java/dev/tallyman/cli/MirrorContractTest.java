package dev.tallyman.cli;

import dev.tallyman.api.Routes;
import dev.tallyman.api.access.Access;
import dev.tallyman.api.access.Role;
import dev.tallyman.api.access.Tokens;
import dev.tallyman.api.site.PollTrigger;
import dev.tallyman.api.site.Site;
import dev.tallyman.cli.config.NoKeys;
import dev.tallyman.cli.local.LocalServer;
import dev.tallyman.core.poll.FillOutcome;
import dev.tallyman.core.poll.Poller;
import dev.tallyman.core.settings.Settings;
import dev.tallyman.core.store.InMemoryStore;
import dev.tallyman.core.store.MovableClock;
import dev.tallyman.openai.OpenAiUsageApi;
import dev.tallyman.openai.call.OpenAiConfig;
import dev.tallyman.simulator.ProviderContract;
import dev.tallyman.simulator.Simulator;
import java.io.IOException;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** What was read from a provider is told again as that provider tells it. */
final class MirrorContractTest extends ProviderContract {
  static final Instant NOW = Instant.parse("2026-11-18T14:37:21Z");
  static final Tokens.Token VIEWER = Tokens.create(Role.VIEWER, new SecureRandom());
  private static @Nullable LocalServer server;

  @BeforeAll
  static void start() throws IOException {
    server = LocalServer.start("127.0.0.1", 0, filled(Duration.ofDays(8)));
  }

  /** Routes over what a simulated organization used in the days before now. */
  static Routes filled(Duration before) throws IOException {
    return filled(before, new Access(Set.of(VIEWER.hash()), Set.of(), false, false, Set.of()));
  }

  /** The same for whom this lets in. */
  static Routes filled(Duration before, Access access) throws IOException {
    var clock = new MovableClock(NOW);
    var store = new InMemoryStore(clock);
    try (var simulator = Simulator.builder(clock).build().start();
        var api =
            new OpenAiUsageApi(
                OpenAiConfig.of(simulator.baseUrl().toString()),
                "sk-admin-simulated",
                Map.of(),
                clock)) {
      var poller = new Poller(store, clock);
      Instant deadline = NOW.plus(Duration.ofMinutes(4));
      poller.cycle("default", api, Settings.defaults().usage(), "test", deadline);
      while (poller.fill("default", api, Settings.defaults().usage(), NOW.minus(before), deadline)
          instanceof FillOutcome.Advanced) {
        // One slice after the other.
      }
    }
    return new Routes(
        new Site(
            store,
            clock,
            () -> "default",
            settings -> settings,
            NoKeys.NONE,
            () -> access,
            _ -> new PollTrigger.Outcome.Failed("nothing is polled here"),
            _ -> {}));
  }

  @AfterAll
  static void stop() {
    if (server != null) {
      server.close();
    }
  }

  @Override
  protected URI baseUrl() {
    if (server == null) {
      throw new IllegalStateException("not started");
    }
    return URI.create("http://127.0.0.1:" + server.port() + "/v1");
  }

  @Override
  protected String adminKey() {
    return VIEWER.text();
  }

  @Override
  protected Instant now() {
    return NOW;
  }
}

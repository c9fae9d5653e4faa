package dev.tallyman.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.tallyman.cli.config.Yaml;
import dev.tallyman.core.settings.Settings;
import dev.tallyman.core.settings.SettingsResult;
import dev.tallyman.core.settings.SettingsStore;
import dev.tallyman.simulator.Simulator;
import dev.tallyman.sqlite.SqliteStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tries every way to have a key, or any secret of the process, sent to an address of one's own. */
final class KeyWaysTest {
  private static final long PATIENCE = 60;
  private static final String KEY = "sk-admin-0123456789abcdef";
  private static final String OTHER = "other-secret-0123456789";

  @TempDir Path folder;
  private final BlockingQueue<Integer> ports = new ArrayBlockingQueue<>(2);
  private final ConcurrentLinkedQueue<String> stolen = new ConcurrentLinkedQueue<>();
  private HttpServer thief;
  private Simulator provider;
  private String there;

  @BeforeEach
  void start() throws IOException {
    thief = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    thief.createContext(
        "/",
        exchange -> {
          stolen.add(
              exchange.getRequestHeaders().getFirst("Authorization")
                  + " "
                  + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
          exchange.sendResponseHeaders(404, -1);
          exchange.close();
        });
    thief.start();
    there = "http://127.0.0.1:" + thief.getAddress().getPort() + "/v1";
    provider = Simulator.builder(InstantSource.system()).adminKey(KEY).build().start();
  }

  @AfterEach
  void stop() {
    thief.stop(0);
    provider.close();
  }

  private Shell shell() {
    return new Shell(folder)
        .with("OPENAI_ADMIN_KEY", KEY)
        .with("OPENAI_BASE_URL", provider.baseUrl().toString())
        .with("OPENAI_ADMIN_KEY_LABS", KEY)
        .with("DATABASE_PASSWORD", OTHER)
        .with("DATABASE_URL", there.replace("/v1", "/" + OTHER))
        .with("TALLYMAN_ALLOW_LOCAL_WEBHOOKS", "true");
  }

  private List<String> documents() {
    return List.of(
        organization("{id: a, key_env: DATABASE_PASSWORD, base_url: '%s'}".formatted(there)),
        organization("{id: a, key_env: DATABASE_PASSWORD}"),
        organization("{id: a, key_env: OPENAI_ADMIN_KEY, base_url: '%s'}".formatted(there)),
        organization("{id: default, key_env: OPENAI_ADMIN_KEY, base_url: '%s'}".formatted(there)),
        organization("{id: a, key_env: OPENAI_ADMIN_KEY_LABS, base_url: '%s'}".formatted(there)),
        organization("{id: a, key_secret: /tallyman/keys/a, base_url: '%s'}".formatted(there)),
        "channels:\n  a: {kind: webhook, secret: DATABASE_URL}\n",
        "channels:\n  a: {kind: pagerduty, secret: DATABASE_PASSWORD}\n",
        "channels:\n  a: {kind: webhook, secret: CHANNEL_A, signing: [DATABASE_PASSWORD]}\n");
  }

  private static String organization(String fields) {
    return "organizations:\n  - " + fields + "\n";
  }

  @Test
  void settingsOverHttpAndOfTheCommandWidenNothing() throws Exception {
    Shell.Running serving = shell().start(ports::add, "serve", "--port", "0");
    String url = "http://127.0.0.1:" + ports.poll(PATIENCE, TimeUnit.SECONDS);
    try {
      for (String document : documents()) {
        Files.writeString(folder.resolve("wanted.yaml"), document);
        for (Shell.Result refused :
            List.of(
                shell().run("apply", "-f", "wanted.yaml", "--endpoint", url),
                shell().run("apply", "-f", "wanted.yaml"))) {
          assertThat(refused.code()).as(document).isNotZero();
          assertThat(refused.err())
              .as(document)
              .containsAnyOf("tallyman.yaml", "OPENAI_BASE_URL", "secrets are read in AWS only")
              .doesNotContain(KEY, OTHER);
        }
      }
    } finally {
      serving.end();
    }
    assertThat(stolen).isEmpty();
  }

  @Test
  void whatIsStoredAlreadyWidensNothing() throws IOException {
    Path data = folder.resolve("home/.local/share/tallyman");
    Files.createDirectories(data);
    for (String document : documents()) {
      try (var store = new SqliteStore(data.resolve("tallyman.db"), InstantSource.system())) {
        var settings = new SettingsStore(store);
        settings.save(
            settings(document),
            settings.load().version(),
            "before",
            InstantSource.system().instant());
      }
      for (Shell.Result tried :
          List.of(
              shell().run("poll", "--once"),
              shell().run("doctor"),
              shell().run("backfill", "--from", "2026-11-01", "--org", "a"))) {
        assertThat(tried.out() + tried.err()).as(document).doesNotContain(KEY, OTHER);
      }
    }
    assertThat(stolen).isEmpty();
  }

  @Test
  void theProcessesOwnFileAllowsIt() throws Exception {
    Files.writeString(
        folder.resolve("tallyman.yaml"), "channels:\n  a: {kind: webhook, secret: DATABASE_URL}\n");
    Shell.Running serving = shell().start(ports::add, "serve", "--port", "0");
    String url = "http://127.0.0.1:" + ports.poll(PATIENCE, TimeUnit.SECONDS);
    try {
      for (int i = 0; stolen.isEmpty() && i < 100; i++) {
        // The file is handed to the ledger once the server listens.
        shell().run("channels", "test", "a", "--endpoint", url);
      }
    } finally {
      serving.end();
    }
    assertThat(stolen).isNotEmpty();
  }

  private static Settings settings(String document) {
    Yaml yaml = Yaml.parse(document, "stored");
    return ((SettingsResult.Valid) Settings.of(yaml.values())).settings();
  }
}

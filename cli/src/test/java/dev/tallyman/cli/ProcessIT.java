package dev.tallyman.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tallyman.cli.ask.RemoteAsk;
import dev.tallyman.cli.process.Exit;
import dev.tallyman.core.CleanProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The command as processes of their own: what signals, streams and two of them at once do. */
final class ProcessIT {
  private static final int SIGTERM = 128 + 15;

  @TempDir Path folder;
  private final List<Process> started = new ArrayList<>();

  @AfterEach
  void end() {
    started.forEach(Process::destroyForcibly);
  }

  @ParameterizedTest
  @ValueSource(strings = {"listens", "\"cycle\"", "\"filling\""})
  void aSignalEndsAServerSoonWhateverItDoesAndTheNextGoesOn(String said)
      throws IOException, InterruptedException {
    Process serving = start(Map.of(), "serve", "--port", "0");
    try (BufferedReader err = serving.errorReader(UTF_8)) {
      Started.line(err, said);

      serving.toHandle().destroy();
      assertThat(serving.waitFor(3, TimeUnit.MINUTES)).isTrue();

      assertThat(serving.exitValue()).isEqualTo(SIGTERM);
      assertThat(err.lines().toList()).noneMatch(line -> line.contains("\"bug\""));
    }
    Process polling = start(Map.of(), "poll", "--once");
    assertThat(polling.waitFor()).isZero();
  }

  @Test
  void twoServersOnTheSameDataBothAnswer() throws IOException, InterruptedException {
    Process one = start(Map.of(), "serve", "--port", "0");
    Process two = start(Map.of(), "serve", "--port", "0");
    try (BufferedReader first = one.errorReader(UTF_8);
        BufferedReader second = two.errorReader(UTF_8)) {
      String here = Started.address(Started.line(first, "listens"));
      String there = Started.address(Started.line(second, "listens"));
      for (String url : List.of(here, there)) {
        try (RemoteAsk ask = new RemoteAsk(url, java.util.Optional.empty(), Map.of())) {
          assertThat(ask.send("GET", "/health", List.of(), Map.of(), new byte[0]).status())
              .isEqualTo(200);
          assertThat(ask.send("GET", "/api/v1/query", List.of(), Map.of(), new byte[0]).status())
              .isEqualTo(200);
        }
      }
      Started.line(first, "\"fill");
      one.toHandle().destroy();
      assertThat(one.waitFor()).isEqualTo(SIGTERM);
      // The other takes over what the first has left.
      Started.line(second, "\"fill");
      two.toHandle().destroy();
      assertThat(two.waitFor()).isEqualTo(SIGTERM);
    }
  }

  @Test
  void aTakenPortIsToldAndExitsWith69() throws IOException, InterruptedException {
    Process one = start(Map.of(), "simulate", "--port", "0");
    try (BufferedReader out = one.inputReader(UTF_8)) {
      String port = out.readLine().replaceFirst(".*:([0-9]+)/v1", "$1");

      Process two = start(Map.of(), "serve", "--port", port);

      assertThat(two.waitFor()).isEqualTo(Exit.UNREACHABLE);
      assertThat(two.errorReader(UTF_8).lines().toList()).anyMatch(line -> line.contains("--port"));
    }
  }

  @Test
  void aKeyThatIsRefusedExitsWith77AndIsNeverShown() throws IOException, InterruptedException {
    Process simulating =
        start(Map.of(), "simulate", "--port", "0", "--admin-key", "sk-admin-right");
    try (BufferedReader out = simulating.inputReader(UTF_8)) {
      String url = out.readLine().replace("OPENAI_BASE_URL=", "");
      Map<String, String> wrong =
          Map.of("OPENAI_ADMIN_KEY", "sk-admin-wrong-one", "OPENAI_BASE_URL", url);
      Map<String, String> right =
          Map.of("OPENAI_ADMIN_KEY", "sk-admin-right", "OPENAI_BASE_URL", url);

      Process refused = start(wrong, "poll", "--once");
      String said =
          new String(refused.getInputStream().readAllBytes(), UTF_8)
              + new String(refused.getErrorStream().readAllBytes(), UTF_8);

      assertThat(refused.waitFor()).isEqualTo(Exit.AUTH);
      assertThat(said).doesNotContain("sk-admin-wrong-one");
      assertThat(start(wrong, "doctor").waitFor()).isEqualTo(Exit.AUTH);
      assertThat(start(right, "doctor").waitFor()).isZero();
      assertThat(start(right, "poll", "--once").waitFor()).isZero();
      assertThat(start(right, "status").waitFor()).isZero();
    }
    simulating.destroy();
    simulating.waitFor();
    Process alone =
        start(
            Map.of(
                "OPENAI_ADMIN_KEY", "sk-admin-right", "OPENAI_BASE_URL", "http://127.0.0.1:1/v1"),
            "doctor");
    assertThat(alone.waitFor()).isEqualTo(Exit.UNREACHABLE);
  }

  @Test
  void whatSettingsNameIsPolledWithoutARestartAndWhatHasNoKeyIsToldOnce()
      throws IOException, InterruptedException {
    Process simulating = start(Map.of(), "simulate", "--port", "0");
    try (BufferedReader out = simulating.inputReader(UTF_8)) {
      String url = out.readLine().replace("OPENAI_BASE_URL=", "");
      Files.writeString(
          folder.resolve("organizations.yaml"),
          """
          organizations:
            - {id: acme, base_url: "%s", key_env: OPENAI_ADMIN_KEY_ACME}
            - {id: beta, key_env: OPENAI_ADMIN_KEY_BETA}
          """
              .formatted(url));
      Process serving =
          start(
              Map.of(
                  "OPENAI_ADMIN_KEY",
                  "sk-admin-one",
                  "OPENAI_BASE_URL",
                  url,
                  "OPENAI_ADMIN_KEY_ACME",
                  "sk-admin-two",
                  "OPENAI_BASE_URL_ACME",
                  url),
              "serve",
              "--port",
              "0");
      try (BufferedReader err = serving.errorReader(UTF_8)) {
        String here = Started.address(Started.line(err, "listens"));
        Started.line(err, "\"organization\":\"default\"");

        Shell.Result applied =
            new Shell(folder).run("apply", "-f", "organizations.yaml", "--endpoint", here);

        assertThat(applied.code()).as(applied.err()).isZero();
        assertThat(Started.line(err, "not_polled"))
            .contains("\"beta\"", "OPENAI_ADMIN_KEY_BETA is not set");
        Started.line(err, "\"organization\":\"acme\"");
        serving.toHandle().destroy();
        assertThat(serving.waitFor()).isEqualTo(SIGTERM);
        assertThat(err.lines().toList()).noneMatch(line -> line.contains("not_polled"));
      }
      Map<String, String> key =
          Map.of("OPENAI_ADMIN_KEY_ACME", "sk-admin-two", "OPENAI_BASE_URL_ACME", url);
      assertThat(said(start(key, "poll", "--once"), Exit.SOME_FAILED))
          .contains("acme ", "beta: the environment variable OPENAI_ADMIN_KEY_BETA is not set")
          .doesNotContain("SIMULATED");
      assertThat(said(start(key, "poll", "--once", "--org", "beta"), Exit.USAGE))
          .contains("OPENAI_ADMIN_KEY_BETA");
      assertThat(said(start(key, "doctor"), Exit.USAGE))
          .contains(
              "ok    acme, usage",
              "FAIL  beta, key: the environment variable OPENAI_ADMIN_KEY_BETA");
    }
  }

  private static String said(Process process, int code) throws IOException, InterruptedException {
    String said =
        new String(process.getInputStream().readAllBytes(), UTF_8)
            + new String(process.getErrorStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(said).isEqualTo(code);
    return said;
  }

  private Process start(Map<String, String> variables, String... args) throws IOException {
    ProcessBuilder builder = CleanProcess.of(Started.command(args)).directory(folder.toFile());
    builder.environment().put("TALLYMAN_DATA", folder.resolve("data").toString());
    builder.environment().putAll(variables);
    Process process = builder.start();
    started.add(process);
    return process;
  }
}

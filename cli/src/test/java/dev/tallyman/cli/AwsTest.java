package dev.tallyman.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tallyman.core.CleanProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AwsTest {
  private static final Pattern BLOCK = Pattern.compile("(?s)```sh\n(.*?)```");

  @TempDir Path folder;

  @Test
  void theGuideShowsWhatTheCommandPrints() throws IOException {
    String guide = Files.readString(Path.of("..", "docs", "deploy.md"));
    String shown =
        BLOCK.matcher(guide).results().map(block -> block.group(1)).collect(Collectors.joining());

    String printed =
        run("aws", "--region", "us-east-1", "--from", "2026-01-01")
            .out()
            .lines()
            .filter(line -> !line.startsWith("#") && !line.isEmpty())
            .collect(Collectors.joining("\n", "", "\n"));

    assertThat(shown).isEqualTo(printed);
  }

  @Test
  void whatIsPrintedIsAScript() throws IOException, InterruptedException {
    Path script = folder.resolve("script");
    Files.writeString(script, run("aws", "--region", "eu-west-1").out());

    Process shell =
        CleanProcess.of("sh", "-n", script.toString()).redirectErrorStream(true).start();

    assertThat(shell.waitFor(3, TimeUnit.MINUTES)).isTrue();
    assertThat(new String(shell.getInputStream().readAllBytes(), UTF_8)).isEmpty();
    assertThat(shell.exitValue()).isZero();
  }

  @Test
  void theUsersNamesAreInAllCommands() {
    String printed =
        run("aws", "--region", "ap-south-1", "--stack", "costs", "--org", "acme").out();

    assertThat(printed)
        .contains("/costs/keys/acme", "KeyPath=/costs/keys", "costs.token", "\"acme\"")
        .doesNotContain("us-east-1", "tallyman/keys", "{path}", "{region}", "{stack}");
  }

  @Test
  void whatItNamesIsInTheTemplate() throws IOException {
    String template = Files.readString(Path.of("..", "template.yaml"));
    String printed = run("aws", "--region", "us-east-1").out();

    for (String name :
        List.of("KeyPath", "OperatorTokenHashes", "Endpoint", "PollerName", "TableName")) {
      assertThat(printed).contains(name);
      assertThat(template).contains("\n  " + name + ":\n");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"--region=$(id)", "--stack=a;b", "--org=Ä", "--from=today"})
  void whatIsNoNameIsRefused(String option) {
    Shell.Result result = run("aws", "--region", "us-east-1", option);

    assertThat(result.code()).isEqualTo(64);
    assertThat(result.out()).isEmpty();
  }

  @Test
  void withoutARegionItSaysHowToNameOne() {
    assertThat(run("aws").err()).contains("--region");
  }

  private Shell.Result run(String... words) {
    return new Shell(folder).run(words);
  }
}

package dev.tallyman.cli.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tallyman.api.access.Role;
import dev.tallyman.cli.Shell;
import dev.tallyman.cli.config.Config.Flags;
import dev.tallyman.cli.config.Config.Needs;
import dev.tallyman.cli.process.Exit;
import dev.tallyman.cli.process.Failure;
import dev.tallyman.cli.process.ProcessContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ConfigTest {
  private static final String HASH = "0123456789abcdef".repeat(4);

  @TempDir Path folder;

  @Test
  void withoutAnythingItIsTheSimulatedOrganizationOnLoopback() {
    Config config = load(new Shell(folder), Flags.NONE);

    assertThat(config.simulated()).isTrue();
    assertThat(config.data()).isEqualTo(folder.resolve("home/.local/share/tallyman"));
    assertThat(config.server().host()).isEqualTo("127.0.0.1");
    assertThat(config.server().port()).isEqualTo(8080);
    assertThat(config.every()).isEqualTo(Duration.ofMinutes(5));
    assertThat(config.settings()).isEmpty();
  }

  @Test
  void theKeyAloneNamesOneOrganization() {
    Config config =
        load(
            new Shell(folder)
                .with("OPENAI_ADMIN_KEY", "sk-admin-secret")
                .with("OPENAI_BASE_URL", "http://127.0.0.1:4010/v1"),
            Flags.NONE);

    assertThat(config.organizations()).hasSize(1);
    assertThat(config.organizations().getFirst().id()).isEqualTo("default");
    assertThat(config.organizations().getFirst().openAi().baseUrl())
        .hasToString("http://127.0.0.1:4010/v1");
    assertThat(config.toString()).doesNotContain("secret");
  }

  @Test
  void flagsStandAboveVariablesAndThoseAboveTheFile() throws IOException {
    write(
        """
        data: from-file
        server:
          port: 1001
          host: 127.0.0.3
        poll:
          minutes: 7
        """);
    Shell shell =
        new Shell(folder).with("TALLYMAN_DATA", "from-variable").with("TALLYMAN_PORT", "1002");

    Config below = load(shell, Flags.NONE);
    Config above =
        load(
            shell,
            new Flags(
                Optional.empty(),
                Optional.of("from-flag"),
                Optional.empty(),
                Optional.of(1003),
                Optional.empty()));

    assertThat(below.data()).isEqualTo(folder.resolve("from-variable"));
    assertThat(below.server().port()).isEqualTo(1002);
    assertThat(below.server().host()).isEqualTo("127.0.0.3");
    assertThat(below.every()).isEqualTo(Duration.ofMinutes(7));
    assertThat(above.data()).isEqualTo(folder.resolve("from-flag"));
    assertThat(above.server().port()).isEqualTo(1003);
  }

  @Test
  void readsSeveralOrganizationsEachWithItsOwnKeyAndAddress() throws IOException {
    write(
        """
        organizations:
          - id: acme
            name: Acme
            key_env: OPENAI_ADMIN_KEY
            base_url: https://one.example.com/v1
          - id: labs
            key_env: LABS_KEY
            base_url: https://two.example.com/v1
        """);

    Config config =
        load(
            new Shell(folder)
                .with("OPENAI_ADMIN_KEY", "sk-admin-a")
                .with("LABS_KEY", "sk-admin-b")
                .with("OPENAI_BASE_URL", "https://three.example.com/v1"),
            Flags.NONE);

    assertThat(config.organizations())
        .extracting(p -> p.id() + " " + p.openAi().baseUrl() + " " + p.key().orElseThrow())
        .containsExactly(
            "acme https://three.example.com/v1 sk-admin-a",
            "labs https://two.example.com/v1 sk-admin-b");
  }

  @Test
  void aMissingKeyMattersOnlyToWhoAsksTheProvider() throws IOException {
    write(
        """
        organizations:
          - id: labs
            key_env: LABS_KEY
        """);

    assertThat(
            Config.load(new Shell(folder).surroundings(), Flags.NONE, Needs.NOTHING)
                .organizations())
        .hasSize(1);
    assertThat(mistakes(new Shell(folder)))
        .isEqualTo(
            "tallyman.yaml:3: organizations[0].key_env: the environment variable LABS_KEY is not"
                + " set; set it to the admin key of labs");
  }

  @Test
  void tellsEveryMistakeAtOnceWithItsLine() throws IOException {
    write(
        """
        server:
          port: 99999
          hots: x
          tokens:
            - role: admin
              hash: abc
        zones: [Mars/Olympus]
        groups:
          premium:
            daily_limit: lots
        poll: {minutes: 0}
        poll: {minutes: 1}
        colour: red
        """);

    assertThat(
            mistakes(
                    new Shell(folder)
                        .with("PREMIUM_TIER_LIMIT", "many")
                        .with("TALLYMAN_POLL_EVERY", "often")
                        .with("TALLYMAN_PORT", "http"))
                .lines()
                .map(line -> line.replaceFirst("^([A-Za-z_.]+(:[0-9]+)?): .*", "$1")))
        .containsExactly(
            "TALLYMAN_PORT",
            "TALLYMAN_POLL_EVERY",
            "PREMIUM_TIER_LIMIT",
            "tallyman.yaml:2",
            "tallyman.yaml:3",
            "tallyman.yaml:5",
            "tallyman.yaml:6",
            "tallyman.yaml:7",
            "tallyman.yaml:10",
            "tallyman.yaml:11",
            "tallyman.yaml:12",
            "tallyman.yaml:13");
  }

  @Test
  void readsTokensByTheirHashes() throws IOException {
    write("server:\n  tokens:\n    - {name: ops, role: operator, hash: " + HASH + "}\n");

    assertThat(load(new Shell(folder), Flags.NONE).server().tokens())
        .containsExactly(java.util.Map.entry(HASH, Role.OPERATOR));
  }

  @Test
  void limitsOfVariablesStandAboveTheSettings() {
    Config config =
        load(
            new Shell(folder)
                .with("PREMIUM_TIER_LIMIT", "250_000")
                .with("MINI_TIER_LIMIT", "2500000"),
            Flags.NONE);

    var groups =
        config.overrides().over(dev.tallyman.core.settings.Settings.defaults()).usage().groups();

    assertThat(groups.group("premium").orElseThrow().dailyLimit()).isEqualTo(250_000);
    assertThat(groups.group("mini").orElseThrow().dailyLimit()).isEqualTo(2_500_000);
  }

  @Test
  void aClockOfItsOwnIsRefusedForARealProvider() {
    String clock = "2026-11-01T00:00:00Z,2026-11-21T09:00:00Z,600";

    assertThat(
            mistakes(
                new Shell(folder).with("TALLYMAN_CLOCK", clock).with("OPENAI_ADMIN_KEY", "sk-x")))
        .startsWith(
            "TALLYMAN_CLOCK: it is set, but default is read from https://api.openai.com/v1;");
    assertThat(mistakes(new Shell(folder).with("TALLYMAN_CLOCK", "soon")))
        .contains("expected start,wall,factor");
    assertThat(
            load(
                    new Shell(folder)
                        .at(Instant.parse("2026-11-21T09:00:01Z"))
                        .with("TALLYMAN_CLOCK", clock)
                        .with("OPENAI_ADMIN_KEY", "sk-x")
                        .with("OPENAI_BASE_URL", "http://localhost:1/v1"),
                    Flags.NONE)
                .clock()
                .instant())
        .isEqualTo("2026-11-01T00:10:00Z");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "OPENAI_BASE_URL | http://example.com/v1 | OPENAI_BASE_URL",
        "OPENAI_BASE_URL | nonsense | OPENAI_BASE_URL",
        "TALLYMAN_CONFIG | nowhere.yaml | TALLYMAN_CONFIG",
        "TALLYMAN_PORT | 70000 | TALLYMAN_PORT",
        "MINI_TIER_LIMIT | -1 | MINI_TIER_LIMIT",
        "RETENTION_DAYS | 3 | RETENTION_DAYS",
        "TIME_ZONES | Mars/Olympus | TIME_ZONES",
      })
  void aBadVariableIsToldByItsName(String variable, String value, String told) {
    assertThat(mistakes(new Shell(folder).with("OPENAI_ADMIN_KEY", "sk-x").with(variable, value)))
        .startsWith(told + ":");
  }

  @Test
  void theSampleIsRight() throws IOException {
    Path sample = Path.of("..", "tallyman.sample.yaml");
    Files.copy(sample, folder.resolve("tallyman.yaml"));

    Config config = load(new Shell(folder), Flags.NONE);

    assertThat(config.settings()).isPresent();
    assertThat(config.simulated()).isTrue();
  }

  @Test
  void theTokenOfTheSampleHasToBeReplaced() throws IOException {
    String[] parts =
        Files.readString(Path.of("..", "tallyman.sample.yaml")).split("(?m)^# --- The ledger", 2);
    String tokens = parts[0].replace("tokens: []", "tokens:").replaceAll("(?m)^  #  ", "    ");
    write(tokens);

    assertThat(tokens).contains("\n    - name: ops");
    assertThat(mistakes(new Shell(folder))).contains("tokens[0].hash", "`tallyman token new`");
    write(tokens.replace("f".repeat(64), HASH));
    assertThat(load(new Shell(folder), Flags.NONE).server().tokens()).containsOnlyKeys(HASH);
  }

  @Test
  void dataLiesWhereThePlatformWantsIt() {
    ProcessContext linux = new Shell(folder).with("XDG_DATA_HOME", "/srv/data").surroundings();
    ProcessContext mac =
        new ProcessContext(
            java.util.Map.of(),
            Path.of("/Users/ann"),
            folder,
            true,
            linux.real(),
            linux.terminal());

    assertThat(linux.dataFolder()).isEqualTo(Path.of("/srv/data/tallyman"));
    assertThat(mac.dataFolder())
        .isEqualTo(Path.of("/Users/ann/Library/Application Support/Tallyman"));
    assertThat(linux.path("~/x")).isEqualTo(folder.resolve("home/x"));
    assertThat(new Shell(folder).with("XDG_DATA_HOME", "data").surroundings().dataFolder())
        .isEqualTo(folder.resolve("home/.local/share/tallyman"));
  }

  private static Config load(Shell shell, Flags flags) {
    return Config.load(shell.surroundings(), flags, Needs.KEYS);
  }

  private static String mistakes(Shell shell) {
    Failure failure = catchThrowableOfType(Failure.class, () -> load(shell, Flags.NONE));
    assertThat(failure.code()).isEqualTo(Exit.USAGE);
    return failure.text();
  }

  private void write(String yaml) throws IOException {
    Files.writeString(folder.resolve("tallyman.yaml"), yaml);
  }
}

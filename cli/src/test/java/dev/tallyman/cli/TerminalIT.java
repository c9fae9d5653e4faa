package dev.tallyman.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tallyman.cli.show.Text;
import dev.tallyman.core.CleanProcess;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.Reader;
import java.nio.file.Path;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands as a person sees them: processes on a pseudo-terminal, which {@code script} makes. */
@TestInstance(Lifecycle.PER_CLASS)
final class TerminalIT {
  private static final List<String> COMMANDS =
      List.of("today", "spend", "spend --chart", "statusline");

  private static final int CTRL_C = 3;
  private static final Pattern ESCAPE = Pattern.compile("\u001b\\[[0-9;]*[A-Za-z]");

  /** Money, counts with thousands, and shares. */
  private static final Pattern NUMBER =
      Pattern.compile("\\$[0-9,.]*[0-9]|[0-9]{1,3}(?:,[0-9]{3})+|[0-9.]+%");

  private Path folder;

  @BeforeAll
  void fillALedger(@TempDir Path temporary) {
    folder = temporary;
    Shell shell = new Shell(folder).with("TALLYMAN_DATA", data());
    assertThat(shell.run("poll", "--once").code()).isZero();
    LocalDate today = LocalDate.ofInstant(InstantSource.system().instant(), ZoneOffset.UTC);
    assertThat(shell.run("backfill", "--from", today.minusDays(20).toString()).code()).isZero();
  }

  private String data() {
    return folder.resolve("data").toString();
  }

  @ParameterizedTest
  @ValueSource(ints = {60, 80, 200})
  void noLineIsLongerThanTheTerminalAndNoNumberIsCut(int columns)
      throws IOException, InterruptedException {
    for (String command : COMMANDS) {
      String shown = onATerminal(columns, Map.of(), command);
      Set<String> all =
          numbers(
              new Shell(folder)
                  .with("TALLYMAN_DATA", data())
                  .wide(1000)
                  .run(command.split(" "))
                  .out());

      String plain = ESCAPE.matcher(shown).replaceAll("");
      assertThat(plain.lines())
          .as("%s at %d", command, columns)
          .isNotEmpty()
          .allMatch(line -> Text.width(line) <= columns);
      assertThat(numbers(plain)).as("%s at %d: %s", command, columns, plain).isSubsetOf(all);
      assertThat(numbers(plain)).as("%s at %d: %s", command, columns, plain).isNotEmpty();
    }
  }

  @Test
  void coloursAreForTheTerminalOnlyAndForNobodyWhoWantsNone()
      throws IOException, InterruptedException {
    assertThat(onATerminal(80, Map.of(), "spend")).containsPattern(ESCAPE);
    assertThat(onATerminal(80, Map.of("NO_COLOR", "1"), "spend")).doesNotContainPattern(ESCAPE);
    assertThat(onATerminal(80, Map.of("TERM", "dumb"), "spend")).doesNotContainPattern(ESCAPE);
    assertThat(onATerminal(80, Map.of(), "spend | cat")).contains("SPEND").doesNotContain("[1m");
  }

  @Test
  void aPipeIsAsWideAsItIsTold() throws IOException, InterruptedException {
    assertThat(onATerminal(200, Map.of("COLUMNS", "60"), "spend 2>/dev/null | cat").lines())
        .isNotEmpty()
        .allMatch(line -> Text.width(line) <= 60);
  }

  @Test
  void watchDrawsOverTheScreenUntilCtrlC() throws IOException, InterruptedException {
    Process watching = start(80, Map.of(), "watch --every 1");
    StringBuilder shown = new StringBuilder();
    try (Reader in = new InputStreamReader(watching.getInputStream(), UTF_8);
        OutputStream keys = watching.getOutputStream()) {
      boolean pressed = false;
      for (int c = in.read(); c >= 0; c = in.read()) {
        shown.append((char) c);
        if (!pressed && shown.toString().split("\u001b\\[H", -1).length > 3) {
          keys.write(CTRL_C);
          keys.flush();
          pressed = true;
        }
      }
    }

    assertThat(watching.waitFor(3, TimeUnit.MINUTES)).isTrue();
    assertThat(watching.exitValue()).isEqualTo(128 + 2);
    assertThat(shown.toString()).contains("MONTH TO DATE", "Ctrl-C ends");
  }

  private static Set<String> numbers(String text) {
    Set<String> numbers = new TreeSet<>();
    var found = NUMBER.matcher(text);
    while (found.find()) {
      numbers.add(found.group());
    }
    return numbers;
  }

  /** What a terminal of so many columns receives while a shell runs the command. */
  private String onATerminal(int columns, Map<String, String> variables, String command)
      throws IOException, InterruptedException {
    Process process = start(columns, variables, command);
    process.getOutputStream().close();
    try (InputStream in = process.getInputStream()) {
      String shown = new String(in.readAllBytes(), UTF_8).replace("\r\n", "\n");
      assertThat(process.waitFor(3, TimeUnit.MINUTES)).as(shown).isTrue();
      return shown;
    }
  }

  private Process start(int columns, Map<String, String> variables, String command)
      throws IOException {
    List<String> java =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "--enable-native-access=ALL-UNNAMED",
            // A library of the tests says that it logs nowhere; what is packaged does not have it.
            "-Dslf4j.internal.verbosity=ERROR",
            "dev.tallyman.cli.Tallyman");
    // What runs in the background ignores Ctrl-C, and so would all that it starts.
    StringBuilder typed =
        new StringBuilder("stty cols " + columns + " rows 50; env --default-signal=INT");
    // Not before the shell, which would tell COLUMNS anew.
    variables.forEach((name, value) -> typed.append(' ').append(name + "=" + value));
    typed.append(' ').append(String.join(" ", java)).append(' ').append(command);
    ProcessBuilder builder =
        CleanProcess.of("script", "-qec", typed.toString(), "/dev/null").redirectErrorStream(true);
    builder.environment().put("TERM", "xterm-256color");
    builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    builder.environment().put("TALLYMAN_DATA", data());
    return builder.start();
  }
}

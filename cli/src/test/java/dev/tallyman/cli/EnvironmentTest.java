package dev.tallyman.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What tests see of the developer's environment: nothing that the program reads. */
final class EnvironmentTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  /** What names of variables look like in sources: capitals with an underline in between. */
  private static final Pattern NAME = Pattern.compile("\"([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)\"");

  private static final Pattern DOCUMENTED = Pattern.compile("`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)`");
  private static final Pattern EXCLUDED =
      Pattern.compile("<excludedEnvironmentVariables>(.*?)</excluded", Pattern.DOTALL);
  private static final Pattern VARIABLE = Pattern.compile("<variable>(.*?)</variable>");

  /** Looks like one, or is not taken away from this JVM, which needs it to name files. */
  private static final Set<String> OTHERS = Set.of("LC_ALL", "LC_CTYPE", "SLACK_URL");

  @Test
  void noVariableThatTheProgramReadsReachesATest() throws IOException {
    var read = new TreeSet<String>(Set.of("COLUMNS"));
    for (Path source : sources("src/main/java")) {
      names(NAME, Files.readString(source)).forEach(read::add);
    }
    names(DOCUMENTED, Files.readString(ROOT.resolve("README.md"))).forEach(read::add);
    read.removeAll(OTHERS);
    List<String> lists = names(EXCLUDED, Files.readString(ROOT.resolve("pom.xml")));

    assertThat(read).contains("OPENAI_ADMIN_KEY", "ALERT_WEBHOOK_URL", "TALLYMAN_DATA");
    assertThat(lists).as("of unit tests, and of those with processes").hasSize(2);
    for (String list : lists) {
      assertThat(names(VARIABLE, list)).isSorted().containsAll(read);
    }
    assertThat(System.getenv().keySet()).doesNotContainAnyElementsOf(read);
  }

  @Test
  void everyProcessOfATestIsStartedCleanly() throws IOException {
    var starters = new ArrayList<String>();
    for (Path source : sources("src/test/java")) {
      // In two parts, since this is a source, too.
      if (Files.readString(source).contains("new " + "ProcessBuilder(")) {
        starters.add(source.getFileName().toString());
      }
    }

    assertThat(starters).containsExactly("CleanProcess.java");
  }

  private static List<Path> sources(String below) throws IOException {
    try (Stream<Path> files = Files.walk(ROOT)) {
      List<Path> sources =
          files
              .filter(file -> file.toString().endsWith(".java"))
              .filter(file -> ROOT.relativize(file).toString().contains(below + "/"))
              .filter(file -> !ROOT.relativize(file).toString().contains("target/"))
              .filter(file -> !ROOT.relativize(file).startsWith("benchmarks"))
              .toList();
      assertThat(sources).hasSizeGreaterThan(100);
      return sources;
    }
  }

  private static List<String> names(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    var names = new ArrayList<String>();
    while (matcher.find()) {
      names.add(matcher.group(1));
    }
    return names;
  }
}

package dev.tallyman.channels;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tallyman.core.delivery.Notification;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every kind of message as it is sent, to be looked at. After a change that is meant, {@code
 * -Dgolden=write} writes the files again.
 */
final class GoldenTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden");

  /** The contents of all files by their names. */
  private static Map<String, String> files() {
    var files = new LinkedHashMap<String, String>();
    Samples.all()
        .forEach((name, notification) -> {
          Messages.WRITERS.forEach((channel, writer) -> {
            boolean isPool = notification.data().get("pool") != null;
            if (!channel.endsWith("-classic") || isPool || name.equals("stale")) {
              files.put(
                  channel + "/" + name + ".json", Messages.pretty(writer.apply(notification)));
            }
          });
          files.put(
              "email/" + name + ".txt",
              "Subject: " + Email.subject(notification) + "\n\n" + Email.text(notification));
        });
    return files;
  }

  static List<Arguments> messages() {
    var arguments = new ArrayList<Arguments>();
    files().forEach((name, content) -> arguments.add(Arguments.of(name, content)));
    return arguments;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("messages")
  void isAsItWasLookedAt(String name, String content) throws IOException {
    Path file = GOLDEN.resolve(name);
    if ("write".equals(System.getProperty("golden"))) {
      Files.createDirectories(file.getParent());
      Files.writeString(file, content);
    }
    assertThat(file).content().isEqualTo(content);
  }

  @Test
  void noFileIsLeftOver() throws IOException {
    try (Stream<Path> found = Files.walk(GOLDEN)) {
      assertThat(
              found
                  .filter(Files::isRegularFile)
                  .map(file -> GOLDEN.relativize(file).toString().replace('\\', '/')))
          .containsExactlyInAnyOrderElementsOf(new TreeSet<>(files().keySet()));
    }
  }

  @Test
  void everyTypeIsAmongThem() {
    var types = EnumSet.noneOf(Notification.Type.class);
    Samples.all().values().forEach(each -> types.add(each.type()));
    assertThat(types).containsExactlyInAnyOrder(Notification.Type.values());
  }

  @Test
  void whatIsSimulatedSaysSoEverywhere() {
    files()
        .forEach((name, content) -> {
          boolean simulated = name.contains("exceeded") || name.contains("/closed");
          if (simulated) {
            assertThat(content).as(name).containsPattern("SIMULATED|\"simulated\" : true");
          } else {
            assertThat(content).as(name).doesNotContain("SIMULATED");
          }
        });
  }
}

package dev.tallyman.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The command as a process of its own, as tests of this and other modules start it. */
public final class Started {
  private Started() {}

  /** What starts it with these arguments, from the class path of this JVM. */
  public static List<String> command(String... arguments) {
    List<String> command = command(Tallyman.class);
    command.addAll(List.of(arguments));
    return command;
  }

  /** What starts a main class without arguments, in the same way. */
  static List<String> command(Class<?> main) {
    var command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
    return command;
  }

  /**
   * The first line in which this stands.
   *
   * @throws AssertionError if they end before, with what they said instead
   */
  public static String line(BufferedReader lines, String said) throws IOException {
    var before = new ArrayList<String>();
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.contains(said)) {
        return line;
      }
      before.add(line);
    }
    throw new AssertionError("never said " + said + ", but " + before);
  }

  /** Where a server listens, by the line in which it says so; without a slash at the end. */
  public static String address(String line) {
    return line.replaceFirst(".*(http://[^/\"\\s]+).*", "$1");
  }
}

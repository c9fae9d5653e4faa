package dev.tallyman.cli.process;

import dev.tallyman.cli.show.Terminal;
import dev.tallyman.core.Clock;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;

/**
 * What a command finds around it: handed over, so that a test can hand over something else.
 *
 * @param variables the environment
 * @param runtime the user's own folder
 * @param folder the folder in which the command was started
 * @param mac whether the folders of macOS are meant
 * @param real the real time
 * @param terminal where to write
 */
public record ProcessContext(
    Map<String, String> variables,
    Path runtime,
    Path folder,
    boolean mac,
    InstantSource real,
    Terminal terminal) {
  public ProcessContext {
    variables = Map.copyOf(variables);
  }

  /** Those of this process. */
  public static ProcessContext ofProcess() {
    Map<String, String> variables = System.getenv();
    return new ProcessContext(
        variables,
        Path.of(System.getProperty("user.home")),
        Path.of(System.getProperty("user.dir")),
        System.getProperty("os.name").startsWith("Mac"),
        InstantSource.system(),
        Terminal.ofProcess(variables));
  }

  /** The time that ages are told by: the real one, unless {@code TALLYMAN_CLOCK} sets another. */
  public Instant now() {
    Optional<String> clock = variable(Clock.VARIABLE);
    try {
      return clock.isPresent() ? Clock.parse(clock.get(), real).instant() : real.instant();
    } catch (IllegalArgumentException e) {
      throw new Failure(Exit.USAGE, Failure.message(e), e);
    }
  }

  /** A variable that is set to something; an empty one counts as not set. */
  public Optional<String> variable(String name) {
    return Optional.ofNullable(variables.get(name)).map(String::strip).filter(v -> !v.isEmpty());
  }

  /** Where this user's programs keep their data. */
  public Path dataFolder() {
    if (mac) {
      return runtime.resolve("Library/Application Support/Tallyman");
    }
    return absolute("XDG_DATA_HOME")
        .orElseGet(() -> runtime.resolve(".local/share"))
        .resolve("tallyman");
  }

  /** Where this user's programs keep their configuration. */
  public Path configFolder() {
    if (mac) {
      return runtime.resolve("Library/Application Support/Tallyman");
    }
    return absolute("XDG_CONFIG_HOME")
        .orElseGet(() -> runtime.resolve(".config"))
        .resolve("tallyman");
  }

  /** A relative path in these variables is to be ignored, says the XDG specification. */
  private Optional<Path> absolute(String name) {
    return variable(name).map(Path::of).filter(Path::isAbsolute);
  }

  /** A path as the user means it: from the folder of the command, {@code ~} being home. */
  public Path path(String text) {
    if (text.equals("~") || text.startsWith("~/")) {
      return runtime.resolve(text.substring(Math.min(2, text.length())));
    }
    return folder.resolve(text).normalize();
  }
}

package dev.tallyman.core;

import java.util.List;
import java.util.Set;

/**
 * A process that a test starts. Of the developer's environment it sees only what any program needs
 * to run at all, whatever variables there may be one day.
 */
public final class CleanProcess {
  private static final Set<String> KEPT =
      Set.of("HOME", "JAVA_HOME", "PATH", "TEMP", "TMP", "TMPDIR", "USER", "SystemRoot");

  private CleanProcess() {}

  /** What starts it; variables may be added. */
  public static ProcessBuilder of(String... command) {
    return of(List.of(command));
  }

  /** What starts it; variables may be added. */
  public static ProcessBuilder of(List<String> command) {
    var builder = new ProcessBuilder(command);
    builder.environment().keySet().retainAll(KEPT);
    builder.environment().put("LANG", "C.UTF-8");
    return builder;
  }
}

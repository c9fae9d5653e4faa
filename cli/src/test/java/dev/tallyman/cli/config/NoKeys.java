package dev.tallyman.cli.config;

import dev.tallyman.cli.Shell;
import java.nio.file.Path;
import java.util.Optional;

/** Of a process that has no key at all. */
public final class NoKeys {
  public static final Keys NONE =
      new Keys(
          new Shell(Path.of(".")).surroundings(),
          "tallyman.yaml",
          Optional.empty(),
          path -> path + " in the file");

  private NoKeys() {}
}

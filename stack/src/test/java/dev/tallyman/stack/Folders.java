package dev.tallyman.stack;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where things lie, from whatever folder the tests run. */
final class Folders {
  private Folders() {}

  /** The root of the repository: where template.yaml is. */
  static Path root() {
    for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
      if (Files.exists(folder.resolve("tallyman.sample.yaml"))) {
        return folder;
      }
    }
    throw new IllegalStateException("not run inside the repository");
  }

  /** What becomes the zip of a function. */
  static Path packaged(String module) {
    Path folder = root().resolve(module).resolve("target/lambda");
    if (!Files.isDirectory(folder)) {
      throw new IllegalStateException(folder + " is missing: run `mvn package` first");
    }
    return folder;
  }
}

package dev.tallyman.dynamodb;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The repository that tests run in, from whatever module they run. */
public final class Checkout {
  private Checkout() {}

  /** A file or folder of the repository, if it is there. */
  public static Optional<Path> find(String relative) {
    for (var folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
      var found = folder.resolve(relative);
      if (Files.exists(found)) {
        return Optional.of(found);
      }
    }
    return Optional.empty();
  }
}

package dev.tallyman.sqlite;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tallyman.core.CleanProcess;
import dev.tallyman.core.store.Key;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class NativeLibraryTest {
  @TempDir private Path folder;

  /** Connects, and prints whether the driver unpacked nothing for that. */
  static final class Connects {
    private Connects() {}

    public static void main(String[] args) throws IOException {
      Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
      try (var store = new SqliteStore(temporary.resolve("some.db"), InstantSource.system())) {
        store.get(new Key("A", "b"));
        try (var files = Files.list(temporary)) {
          System.out.println(
              files.noneMatch(file -> file.getFileName().toString().contains("sqlitejdbc")));
        }
      }
    }
  }

  @Test
  void theDriverTakesWhatWasUnpackedAndUnpacksWhatIsNot() throws Exception {
    NativeLibrary.unpack(folder.resolve("made"));

    assertThat(unpacksNothing(folder.resolve("made"))).isEqualTo("true");
    assertThat(unpacksNothing(folder.resolve("missing"))).isEqualTo("false");
  }

  @Test
  void aFolderThatCannotBeMadeIsNamed() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));

    assertThatThrownBy(() -> NativeLibrary.unpack(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("file");
  }

  private String unpacksNothing(Path library) throws Exception {
    Path temporary = Files.createTempDirectory(folder, "tmp");
    Process process =
        CleanProcess.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-Djava.io.tmpdir=" + temporary,
                "-Dorg.sqlite.lib.path=" + library,
                "-cp",
                System.getProperty("java.class.path"),
                Connects.class.getName())
            .redirectErrorStream(true)
            .start();
    String printed = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
    assertThat(process.waitFor()).describedAs(printed).isZero();
    return printed.lines().toList().getLast();
  }
}

package dev.tallyman.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tallyman.core.CleanProcess;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class LauncherIT {
  @Test
  void launcherBuildsWhatIsStaleAndBecomesTheJvm() throws IOException, InterruptedException {
    Process test =
        CleanProcess.of("sh", Path.of("..", "build", "launcher-test.sh").toString())
            .redirectErrorStream(true)
            .start();

    String said = new String(test.getInputStream().readAllBytes(), UTF_8);

    assertThat(test.waitFor()).as(said).isZero();
  }
}

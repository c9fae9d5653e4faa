package dev.tallyman.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class OnceTest {
  private final AtomicInteger made = new AtomicInteger();

  @Test
  void itIsMadeWhenAskedForAndOnce() throws Exception {
    var once = new Once<>(made::incrementAndGet);
    assertThat(made).hasValue(0);

    List<Callable<Integer>> many = new ArrayList<>();
    for (int i = 0; i < 64; i++) {
      many.add(once::get);
    }
    try (var threads = Executors.newFixedThreadPool(8)) {
      for (var each : threads.invokeAll(many)) {
        assertThat(each.get()).isEqualTo(1);
      }
    }
    assertThat(made).hasValue(1);
  }

  @Test
  void itIsMadeAgainAfterAFailure() {
    var once =
        new Once<>(() -> {
          if (made.incrementAndGet() == 1) {
            throw new IllegalStateException("not yet");
          }
          return "made";
        });

    assertThatThrownBy(once::get).hasMessage("not yet");
    assertThat(once.get()).isEqualTo("made");
  }
}

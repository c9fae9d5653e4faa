package dev.tallyman.core.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

final class KeyTest {
  @Test
  void bothPartsAreNeeded() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Key("", "s"))
        .withMessage("a key needs a partition");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Key("p", ""))
        .withMessage("a key needs a sort key");
  }

  @Test
  void sizesAreThoseOfTheBytes() {
    assertThat(new Key("é".repeat(512), "s".repeat(512)).sort()).hasSize(512);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Key("é".repeat(512) + "x", "s"))
        .withMessage("a partition of 1025 bytes; at most 1024 fit");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Key("p", "€".repeat(171)))
        .withMessage("a sort key of 513 bytes; at most 512 fit");
  }

  @Test
  void halfACharacterIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Key("p", "a\ud800"))
        .withMessage("a sort key that is not well-formed Unicode");
  }
}

package dev.tallyman.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.crac.Core;
import org.junit.jupiter.api.Test;

final class SnapshotTest {
  @Test
  void eachHookRunsAtItsTime() {
    List<String> done = new ArrayList<>();
    var snapshot = new Snapshot(() -> done.add("before"), () -> done.add("after"));

    snapshot.beforeCheckpoint(Core.getGlobalContext());
    assertThat(done).containsExactly("before");
    snapshot.afterRestore(Core.getGlobalContext());
    assertThat(done).containsExactly("before", "after");
  }

  @Test
  void whereNoSnapshotsAreTakenNothingIsDone() {
    List<String> done = new ArrayList<>();

    Snapshot.around(() -> done.add("before"), () -> done.add("after"));

    assertThat(done).isEmpty();
  }
}

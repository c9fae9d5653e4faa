package dev.tallyman.cli.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tallyman.core.poll.UsageApi;
import java.lang.reflect.Method;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

final class WatchedApiTest {
  @Test
  void passesOnAllThatIsAskedOfTheProvider() throws NoSuchMethodException {
    assertThat(UsageApi.class.getMethods()).isNotEmpty();
    for (Method method : UsageApi.class.getMethods()) {
      assertThat(
              WatchedApi.class
                  .getMethod(method.getName(), method.getParameterTypes())
                  .getDeclaringClass())
          .as("%s%s", method.getName(), Arrays.toString(method.getParameterTypes()))
          .isEqualTo(WatchedApi.class);
    }
  }
}

package dev.reranker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reranker.error.CancelledException;
import dev.reranker.error.DeadlineException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Deadlines, by a clock that the test owns, cancellation and attributes. */
class SearchContextTest {

  @Test
  void aDeadlinePassesWhenItsTimeIsUp() {
    var time = new AtomicLong(100);
    Deadline deadline = Deadline.after(Duration.ofNanos(10), time::get);
    assertThat(deadline.remaining()).isEqualTo(Duration.ofNanos(10));
    time.set(109);
    assertThat(deadline.expired()).isFalse();
    time.set(110);
    assertThat(deadline.expired()).isTrue();
    time.set(500);
    assertThat(deadline.remaining()).isZero();
  }

  @Test
  void aClockThatOverflowsDoesNotMatter() {
    var time = new AtomicLong(Long.MAX_VALUE - 5);
    Deadline deadline = Deadline.after(Duration.ofNanos(10), time::get);
    time.set(Long.MIN_VALUE + 3); // 9 later
    assertThat(deadline.remaining()).isEqualTo(Duration.ofNanos(1));
    time.set(Long.MIN_VALUE + 4);
    assertThat(deadline.expired()).isTrue();
  }

  @Test
  void theLongestDurationsAreNoOverflow() {
    assertThat(Deadline.after(Duration.ofSeconds(Long.MAX_VALUE)).expired()).isFalse();
    assertThat(Deadline.after(Duration.ofNanos(Long.MAX_VALUE)).expired()).isFalse();
    assertThat(Deadline.after(Duration.ofSeconds(Long.MIN_VALUE)).expired()).isTrue();
    assertThat(Deadline.after(Duration.ZERO).expired()).isTrue();
    assertThat(Deadline.never().expired()).isFalse();
  }

  @Test
  void theEarlierOfTwoDeadlinesStays() {
    var time = new AtomicLong();
    Deadline soon = Deadline.after(Duration.ofNanos(5), time::get);
    Deadline late = Deadline.after(Duration.ofNanos(9), time::get);
    SearchContext context = SearchContext.create();
    assertThat(context.deadline().isNever()).isTrue();
    assertThat(context.withDeadline(soon).withDeadline(late).deadline()).isSameAs(soon);
    assertThat(context.withDeadline(late).withDeadline(soon).deadline()).isSameAs(soon);
    assertThat(context.withDeadline(soon).withDeadline(Deadline.never()).deadline()).isSameAs(soon);
  }

  @Test
  void checkTellsDeadlineAndCancellationApart() {
    SearchContext late = SearchContext.create().withDeadline(Deadline.after(Duration.ZERO));
    assertThatThrownBy(late::check).isInstanceOf(DeadlineException.class);
    late.cancel();
    assertThatThrownBy(late::check).isInstanceOf(CancelledException.class);
  }

  @Test
  void copiesAreCancelledTogether() {
    SearchContext context = SearchContext.create();
    SearchContext copy = context.withAttribute("a", 1).withFilter("f");
    copy.cancel();
    assertThat(context.cancelled()).isTrue();
    assertThat(SearchContext.create().cancelled()).isFalse();
  }

  @Test
  void actionsRunOnceAtTheCancelOrAtOnceAfterIt() {
    SearchContext context = SearchContext.create();
    var runs = new AtomicInteger();
    var takenBack = new AtomicInteger();
    context.onCancel(runs::incrementAndGet);
    context.onCancel(takenBack::incrementAndGet).run();
    context.cancel();
    context.cancel();
    assertThat(runs).hasValue(1);
    assertThat(takenBack).hasValue(0);
    context.onCancel(runs::incrementAndGet);
    assertThat(runs).hasValue(2);
  }

  @Test
  void anActionThatFailsHarmsNoOther() {
    SearchContext context = SearchContext.create();
    var runs = new AtomicInteger();
    context.onCancel(
        () -> {
          throw new IllegalStateException("ignored");
        });
    context.onCancel(runs::incrementAndGet);
    context.cancel();
    assertThat(runs).hasValue(1);
  }

  @Test
  void anActionTakenBackIsWaitedFor() throws InterruptedException {
    SearchContext context = SearchContext.create();
    var running = new CountDownLatch(1);
    var goOn = new CountDownLatch(1);
    var done = new AtomicInteger();
    Runnable takeBack =
        context.onCancel(
            () -> {
              running.countDown();
              try {
                goOn.await();
              } catch (InterruptedException e) {
                throw new AssertionError(e);
              }
              done.set(1);
            });
    Thread cancelling = Thread.ofVirtual().start(context::cancel);
    running.await();
    Thread releasing = Thread.ofVirtual().start(goOn::countDown);
    takeBack.run();
    assertThat(done).hasValue(1);
    cancelling.join();
    releasing.join();
  }

  @Test
  void anAttributeOfAnotherTypeIsNamed() {
    SearchContext context = SearchContext.create().withAttribute("tenant", 7);
    assertThat(context.attribute("tenant", Integer.class)).contains(7);
    assertThat(context.attribute("locale", String.class)).isEmpty();
    assertThatThrownBy(() -> context.attribute("tenant", String.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("attribute 'tenant' is a java.lang.Integer, not a java.lang.String");
  }
}

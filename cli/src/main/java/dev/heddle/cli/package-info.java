/** The commands of {@code ./heddle}, one class each. */
@NullMarked
package dev.heddle.cli;

import org.jspecify.annotations.NullMarked;

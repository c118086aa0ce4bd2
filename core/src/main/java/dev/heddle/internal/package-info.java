/** What the rest of Heddle needs of the JDK beyond its public API. Not exported. */
@NullMarked
package dev.heddle.internal;

import org.jspecify.annotations.NullMarked;

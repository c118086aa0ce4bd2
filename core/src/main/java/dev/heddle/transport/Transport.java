package dev.heddle.transport;

/** A connection: bytes both ways. Source: {@code asyncio.Transport}. */
public interface Transport extends ReadTransport, WriteTransport {}

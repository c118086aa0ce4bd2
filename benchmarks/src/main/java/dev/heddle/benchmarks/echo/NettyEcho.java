package dev.heddle.benchmarks.echo;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.ssl.SslHandler;

import java.net.InetSocketAddress;
import java.util.function.IntConsumer;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;

/** Netty with one event loop. */
final class NettyEcho implements EchoServer {

    private final boolean epoll;
    private final TlsFiles tls;

    /** Makes one that uses Netty's native epoll, or the JDK's selector; without TLS if null. */
    NettyEcho(boolean epoll, TlsFiles tls) {
        this.epoll = epoll;
        this.tls = tls;
    }

    @Override
    public void serve(IntConsumer ready) throws Exception {
        SSLContext context = tls == null ? null : tls.context();
        var factory = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        var group = new MultiThreadIoEventLoopGroup(1, factory);
        Class<? extends ServerChannel> type =
                epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
        var listener =
                new ServerBootstrap()
                        .group(group)
                        .channel(type)
                        .childOption(ChannelOption.TCP_NODELAY, true)
                        .childHandler(
                                new ChannelInitializer<SocketChannel>() {
                                    @Override
                                    protected void initChannel(SocketChannel channel) {
                                        if (context != null) {
                                            SSLEngine engine = context.createSSLEngine();
                                            engine.setUseClientMode(false);
                                            channel.pipeline().addLast(new SslHandler(engine));
                                        }
                                        channel.pipeline().addLast(new Echo());
                                    }
                                })
                        .bind("127.0.0.1", 0)
                        .sync()
                        .channel();
        ready.accept(((InetSocketAddress) listener.localAddress()).getPort());
        listener.closeFuture().sync();
    }

    /** Reads no more while what was read cannot be written. */
    private static final class Echo extends ChannelInboundHandlerAdapter {

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            context.write(message);
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            context.flush();
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext context) {
            context.channel().config().setAutoRead(context.channel().isWritable());
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable error) {
            context.close();
        }
    }
}

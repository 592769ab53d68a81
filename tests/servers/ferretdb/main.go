// Command ferretdb serves MongoDB's wire protocol from SQLite files, for tests: FerretDB 1.24.2 as a library, because its own
// command cannot be built outside its repository (it wants a generated version.txt).
//
// Usage: ferretdb DIRECTORY [HOST:PORT]. Prints its URI once it listens; without a port it takes a free one. No telemetry.
package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/FerretDB/FerretDB/ferretdb"
)

func main() {
	if err := serve(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "ferretdb:", err)
		os.Exit(1)
	}
}

func serve(args []string) error {
	if len(args) == 0 {
		return fmt.Errorf("usage: ferretdb DIRECTORY [HOST:PORT]")
	}
	address := "127.0.0.1:0"
	if len(args) > 1 {
		address = args[1]
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()

	server, err := ferretdb.New(&ferretdb.Config{
		Listener:  ferretdb.ListenerConfig{TCP: address},
		Handler:   "sqlite",
		SQLiteURL: "file:" + args[0] + "/?_pragma=synchronous(off)", // tests kill the server, not the machine
		Logger:    slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})),
	})
	if err != nil {
		return err
	}
	go func() { fmt.Println(server.MongoDBURI()) }() // waits until Run has opened the port
	return server.Run(ctx)
}

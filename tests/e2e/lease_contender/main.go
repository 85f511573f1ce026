// Command lease_contender competes for a Lease with client-go's own leader election.
//
//	lease_contender KUBECONFIG NAMESPACE NAME IDENTITY LEASE RENEW RETRY
//
// The durations are as Go writes them. It says "leading EPOCH" and "stopped" on standard output, a
// line each. SIGTERM has it give the lease back and end.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes/typed/coordination/v1"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/leaderelection"
	"k8s.io/client-go/tools/leaderelection/resourcelock"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 7 {
		return fmt.Errorf("usage: lease_contender KUBECONFIG NAMESPACE NAME IDENTITY LEASE RENEW RETRY")
	}
	var durations [3]time.Duration
	for i, text := range args[4:] {
		duration, err := time.ParseDuration(text)
		if err != nil {
			return err
		}
		durations[i] = duration
	}
	config, err := clientcmd.BuildConfigFromFlags("", args[0])
	if err != nil {
		return err
	}
	client, err := v1.NewForConfig(config)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	lock := resourcelock.LeaseLock{
		LeaseMeta:  metav1.ObjectMeta{Namespace: args[1], Name: args[2]},
		Client:     client,
		LockConfig: resourcelock.ResourceLockConfig{Identity: args[3]},
	}
	// A lock remembers what it has read last, and the elector relies on that.
	reader := lock
	elector, err := leaderelection.NewLeaderElector(leaderelection.LeaderElectionConfig{
		Lock:            &lock,
		LeaseDuration:   durations[0],
		RenewDeadline:   durations[1],
		RetryPeriod:     durations[2],
		ReleaseOnCancel: true,
		Callbacks: leaderelection.LeaderCallbacks{
			OnStartedLeading: func(ctx context.Context) {
				record, _, err := reader.Get(ctx)
				if err != nil {
					fmt.Fprintln(os.Stderr, err)
					return
				}
				fmt.Println("leading", record.LeaderTransitions+1)
			},
			OnStoppedLeading: func() { fmt.Println("stopped") },
		},
	})
	if err != nil {
		return err
	}
	elector.Run(ctx)
	return nil
}

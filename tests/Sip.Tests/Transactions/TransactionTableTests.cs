using Webphone.Sip.Transactions;
using static Webphone.Sip.Transactions.TransactionInput;
using E = Webphone.Sip.Transactions.TransactionEffects;
using S = Webphone.Sip.Transactions.TransactionState;

namespace Webphone.Sip.Tests.Transactions;

/// <summary>Every input in every state of the four machines, on unreliable and reliable transports. What is not in a table is absorbed and changes nothing.</summary>
public sealed class TransactionTableTests
{
    private const E End = E.ReleaseMessage | E.Terminate;

    private delegate E Stepper(ref TransactionCore core, TransactionInput input, long nowMs);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Invite_client(bool reliable) => Check(InviteClientMachine.Step, reliable, new()
    {
        [S.Idle] = ([], new() { [Start] = (S.Calling, E.SendRequest) }),
        [S.Calling] = ([Start], new()
        {
            [RetransmitDue] = (S.Calling, E.Retransmit),
            [EndDue] = (S.Terminated, E.TimedOut | End),
            [TransportError] = (S.Terminated, E.Failed | End),
            [Provisional] = (S.Proceeding, E.Deliver),
            [Success] = (S.Accepted, E.Deliver | E.ReleaseMessage),
            [Failure] = reliable ? (S.Terminated, E.SendAck | E.Deliver | End) : (S.Completed, E.SendAck | E.Deliver),
        }),
        [S.Proceeding] = ([Start, Provisional], new()
        {
            [Provisional] = (S.Proceeding, E.Deliver),
            [Success] = (S.Accepted, E.Deliver | E.ReleaseMessage),
            [Failure] = reliable ? (S.Terminated, E.SendAck | E.Deliver | End) : (S.Completed, E.SendAck | E.Deliver),
        }),
        [S.Accepted] = ([Start, Success], new() { [Success] = (S.Accepted, E.Deliver), [EndDue] = (S.Terminated, End) }),
        [S.Completed] = (reliable ? null : [Start, Failure], new()
        {
            [Failure] = (S.Completed, E.SendAck | E.Absorbed),
            [EndDue] = (S.Terminated, End),
            [TransportError] = (S.Terminated, E.Failed | End),
        }),
        [S.Terminated] = ([Start, EndDue], []),
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Non_invite_client(bool reliable)
    {
        var final = reliable ? (S.Terminated, E.Deliver | End) : (S.Completed, E.Deliver | E.ReleaseMessage);
        Check(NonInviteClientMachine.Step, reliable, new()
        {
            [S.Idle] = ([], new() { [Start] = (S.Trying, E.SendRequest) }),
            [S.Trying] = ([Start], new()
            {
                [RetransmitDue] = (S.Trying, E.Retransmit),
                [Provisional] = (S.Proceeding, E.Deliver),
                [Success] = final,
                [Failure] = final,
                [EndDue] = (S.Terminated, E.TimedOut | End),
                [TransportError] = (S.Terminated, E.Failed | End),
            }),
            [S.Proceeding] = ([Start, Provisional], new()
            {
                [RetransmitDue] = (S.Proceeding, E.Retransmit),
                [Provisional] = (S.Proceeding, E.Deliver),
                [Success] = final,
                [Failure] = final,
                [EndDue] = (S.Terminated, E.TimedOut | End),
                [TransportError] = (S.Terminated, E.Failed | End),
            }),
            [S.Completed] = (reliable ? null : [Start, Success], new() { [EndDue] = (S.Terminated, End) }),
            [S.Terminated] = ([Start, EndDue], []),
        });
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Invite_server(bool reliable) => Check(InviteServerMachine.Step, reliable, new()
    {
        [S.Idle] = ([], new() { [Start] = (S.Proceeding, E.Deliver) }),
        [S.Proceeding] = ([Start, Provisional], new()
        {
            [Request] = (S.Proceeding, E.Retransmit | E.Absorbed),
            [TryingDue] = (S.Proceeding, E.SendTrying),
            [Provisional] = (S.Proceeding, E.SendResponse),
            [Success] = (S.Accepted, E.SendResponse | E.ReleaseMessage),
            [Failure] = (S.Completed, E.SendResponse),
            [EndDue] = (S.Terminated, E.TimedOut | End),
            [TransportError] = (S.Terminated, E.Failed | End),
        }),
        [S.Completed] = ([Start, Failure], new()
        {
            [Request] = (S.Completed, E.Retransmit | E.Absorbed),
            [RetransmitDue] = (S.Completed, E.Retransmit),
            [Ack] = reliable ? (S.Terminated, End) : (S.Confirmed, E.ReleaseMessage),
            [EndDue] = (S.Terminated, E.TimedOut | End),
            [TransportError] = (S.Terminated, E.Failed | End),
        }),
        [S.Confirmed] = (reliable ? null : [Start, Failure, Ack], new() { [EndDue] = (S.Terminated, End) }),
        [S.Accepted] = ([Start, Success], new()
        {
            [Success] = (S.Accepted, E.SendResponse),
            [Ack] = (S.Accepted, E.Deliver),
            [TransportError] = (S.Accepted, E.Failed),
            [EndDue] = (S.Terminated, End),
        }),
        [S.Terminated] = ([Start, TransportError], []),
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Non_invite_server(bool reliable)
    {
        var final = reliable ? (S.Terminated, E.SendResponse | End) : (S.Completed, E.SendResponse);
        Check(NonInviteServerMachine.Step, reliable, new()
        {
            [S.Idle] = ([], new() { [Start] = (S.Trying, E.Deliver) }),
            [S.Trying] = ([Start], new()
            {
                [Provisional] = (S.Proceeding, E.SendResponse),
                [Success] = final,
                [Failure] = final,
                [EndDue] = (S.Terminated, E.TimedOut | End),
                [TransportError] = (S.Terminated, E.Failed | End),
            }),
            [S.Proceeding] = ([Start, Provisional], new()
            {
                [Request] = (S.Proceeding, E.Retransmit | E.Absorbed),
                [Provisional] = (S.Proceeding, E.SendResponse),
                [Success] = final,
                [Failure] = final,
                [EndDue] = (S.Terminated, E.TimedOut | End),
                [TransportError] = (S.Terminated, E.Failed | End),
            }),
            [S.Completed] = (reliable ? null : [Start, Success], new()
            {
                [Request] = (S.Completed, E.Retransmit | E.Absorbed),
                [EndDue] = (S.Terminated, End),
                [TransportError] = (S.Terminated, E.Failed | End),
            }),
            [S.Terminated] = ([Start, EndDue], []),
        });
    }

    [Fact]
    public void An_invite_is_sent_at_0_T1_3T1_7T1_and_so_on_until_64_T1()
    {
        Assert.Equal([500, 1500, 3500, 7500, 15500, 31500], Retransmissions(InviteClientMachine.Step, [Start], out var end));
        Assert.Equal(32000, end);
    }

    [Fact]
    public void Another_request_is_sent_with_intervals_up_to_T2() =>
        Assert.Equal([500, 1500, 3500, 7500, 11500, 15500, 19500, 23500, 27500, 31500], Retransmissions(NonInviteClientMachine.Step, [Start], out _));

    [Fact]
    public void A_failure_of_an_invite_is_sent_with_intervals_up_to_T2() =>
        Assert.Equal([500, 1500, 3500, 7500, 11500, 15500, 19500, 23500, 27500, 31500], Retransmissions(InviteServerMachine.Step, [Start, Failure], out _));

    [Fact]
    public void An_unanswered_invite_gets_a_trying_after_200_ms()
    {
        var core = new TransactionCore(false, TransactionTimers.Default);
        InviteServerMachine.Step(ref core, Start, 0);
        Assert.Equal(200, core.NextDeadlineMs);
        Assert.Equal(E.SendTrying, InviteServerMachine.Step(ref core, core.DueInput(200)!.Value, 200));
        Assert.Equal(InviteServerMachine.LongestRingMs, core.NextDeadlineMs);
    }

    /// <summary>Random inputs: nothing throws, the machine can always be ended, and an ended machine has no deadline.</summary>
    [Fact]
    public void Random_inputs_never_throw_and_every_run_ends()
    {
        Stepper[] machines = [InviteClientMachine.Step, NonInviteClientMachine.Step, InviteServerMachine.Step, NonInviteServerMachine.Step];
        var random = new Random(4711);
        for (var run = 0; run < 20_000; run++)
        {
            var step = machines[run % 4];
            var core = new TransactionCore(random.Next(2) == 0, TransactionTimers.Default);
            var now = 0L;
            step(ref core, Start, now);
            for (var i = 0; i < 12 && core.State != S.Terminated; i++)
            {
                if (random.Next(2) == 0 && core.NextDeadlineMs != TransactionCore.Never)
                {
                    now = core.NextDeadlineMs;
                    step(ref core, core.DueInput(now)!.Value, now);
                }
                else
                {
                    var input = (TransactionInput)random.Next(Enum.GetValues<TransactionInput>().Length);
                    if (input is not (RetransmitDue or EndDue or TryingDue))
                        step(ref core, input, now += random.Next(100));
                }
            }
            // The user does its part: a server answers, a client's peer does.
            step(ref core, Failure, now);
            step(ref core, Success, now);
            for (var i = 0; i < 100 && core.State != S.Terminated; i++)
            {
                Assert.NotEqual(TransactionCore.Never, core.NextDeadlineMs);
                now = core.NextDeadlineMs;
                step(ref core, core.DueInput(now)!.Value, now);
            }
            Assert.Equal(S.Terminated, core.State);
            Assert.Equal(TransactionCore.Never, core.NextDeadlineMs);
        }
    }

    private static void Check(
        Stepper step, bool reliable, Dictionary<S, (TransactionInput[]? Path, Dictionary<TransactionInput, (S State, E Effects)> Table)> tables)
    {
        foreach (var (state, (path, table)) in tables)
        {
            if (path is null)
                continue;
            foreach (var input in Enum.GetValues<TransactionInput>())
            {
                var core = new TransactionCore(reliable, TransactionTimers.Default);
                foreach (var before in path)
                    step(ref core, before, 0);
                Assert.Equal(state, core.State);
                var (expectedState, expectedEffects) = table.TryGetValue(input, out var row) ? row : (state, E.Absorbed);
                var deadline = core.NextDeadlineMs;
                var effects = step(ref core, input, 10);
                Assert.True(effects == expectedEffects && core.State == expectedState, $"{state} on {input}: {effects} to {core.State}, expected {expectedEffects} to {expectedState}");
                if (!table.ContainsKey(input))
                    Assert.Equal(deadline, core.NextDeadlineMs);
                if (reliable)
                    Assert.Equal(TransactionCore.Never, input == RetransmitDue ? TransactionCore.Never : core.RetransmitAtMs);
            }
        }
    }

    private static List<long> Retransmissions(Stepper step, TransactionInput[] path, out long end)
    {
        var core = new TransactionCore(false, TransactionTimers.Default);
        foreach (var input in path)
            step(ref core, input, 0);
        var sent = new List<long>();
        while (true)
        {
            var now = core.NextDeadlineMs;
            var effects = step(ref core, core.DueInput(now)!.Value, now);
            if (effects == E.Retransmit)
            {
                sent.Add(now);
                continue;
            }
            end = now;
            return sent;
        }
    }
}

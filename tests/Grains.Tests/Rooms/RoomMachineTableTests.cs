using System.Collections.Immutable;
using Webphone.Grains.Calls;
using Webphone.Grains.Media;
using Webphone.Grains.Rooms;

namespace Webphone.Grains.Tests.Rooms;

/// <summary>
/// Every state of a room by every input: what it leads to is a line of <c>RoomMachineTable.txt</c>, in the form
/// <c>state | input | next state | effects</c>. A pair without a line fails, so does a line without a pair.
/// </summary>
public class RoomMachineTableTests
{
    private static readonly DateTimeOffset Noon = new(2030, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Now = Noon + TimeSpan.FromSeconds(10);

    private static readonly Dictionary<string, RoomState> States = new()
    {
        ["Off"] = new RoomState(),
        ["One"] = Room("101"),
        ["Two"] = Room("101", "102"),
        ["Without host"] = Room("101", "102", "103").After(new MembersLeave([Leg("101")])),
        ["Locked"] = Room("101", "102").After(new LockAsked("101", true)),
        ["Muted 102"] = Room("101", "102").After(new MuteAsked("101", Leg("102"), true)),
        ["Nine"] = Room([.. Enumerable.Range(101, 9).Select(number => $"{number}")]),
        ["Ten"] = Room([.. Enumerable.Range(101, 10).Select(number => $"{number}")]),
        ["Kicked 102"] = Room("101", "102").After(new KickAsked("101", Leg("102"))),
        ["Calling 120"] = Room("101", "102").After(Invites("102", "120")),
        ["Calling 120 since long"] = Room("101", "102").After(Invites("102", "120")) is var calling ? calling with { Invitees = [calling.Invitees[0] with { AskedAt = Noon - TimeSpan.FromHours(1) }] } : calling,
        ["Nine, calling 120"] = Room([.. Enumerable.Range(101, 9).Select(number => $"{number}")]).After(Invites("102", "120")),
        ["Silent since long"] = Room("101", "102") with { Members = [.. Room("101", "102").Members.Select((member, index) => index == 0 ? member : member with { SeenAt = Noon - TimeSpan.FromHours(1) })] },
    };

    private static readonly Dictionary<string, RoomEvent> Inputs = new()
    {
        ["120 joins"] = Joins("120"),
        ["120 and 121 join"] = new MembersJoin(Request("120", "120", "121")),
        ["101 joins again"] = new MembersJoin(Request("101", "101") with { IsIn = true }),
        ["102 joins again, on hold"] = new MembersJoin(Request("102", "102") with { IsIn = true, Members = [New("102") with { Holding = true }] }),
        ["120 says it is in"] = new MembersJoin(Request("120", "120") with { IsIn = true }),
        ["101 lost n1"] = new MembersJoin(Request("101", "101") with { IsIn = true, LostNode = "n1", Node = "n2" }),
        ["nobody joins"] = new MembersJoin(Request("101")),
        ["another phone of 101 joins"] = new MembersJoin(Request("101") with { Members = [New("101") with { Leg = new LegId("L101b") }] }),
        ["101 leaves"] = new MembersLeave([Leg("101")]),
        ["all leave"] = new MembersLeave([.. Enumerable.Range(101, 12).Select(number => Leg($"{number}"))]),
        ["a stranger leaves"] = new MembersLeave([Leg("199")]),
        ["102 holds"] = new MemberHolds(Leg("102"), true),
        ["102 speaks"] = new SpeakersHeard(Room("101").Mix, [Endpoint("102")]),
        ["102 speaks in an older mix"] = new SpeakersHeard("old", [Endpoint("102")]),
        ["101 mutes 102"] = new MuteAsked("101", Leg("102"), true),
        ["102 mutes 102"] = new MuteAsked("102", Leg("102"), true),
        ["102 mutes 101"] = new MuteAsked("102", Leg("101"), true),
        ["102 mutes 103"] = new MuteAsked("102", Leg("103"), true),
        ["199 mutes 102"] = new MuteAsked("199", Leg("102"), true),
        ["101 kicks 102"] = new KickAsked("101", Leg("102")),
        ["102 kicks 101"] = new KickAsked("102", Leg("101")),
        ["102 kicks 103"] = new KickAsked("102", Leg("103")),
        ["101 locks"] = new LockAsked("101", true),
        ["102 locks"] = new LockAsked("102", true),
        ["101 unlocks"] = new LockAsked("101", false),
        ["102 asks for 120"] = Invites("102", "120"),
        ["101 asks for 120 too"] = Invites("101", "120", "t2"),
        ["102 asks for 101"] = Invites("102", "101", "t3"),
        ["199 asks for 121"] = Invites("199", "121"),
        ["120, who is called, joins"] = new MembersJoin(Request("120", "120") with { CallKey = "acme/i120", IsInvited = true }),
        ["120 does not answer"] = new InviteeLost("acme/i120", CallEnd.NoAnswer),
        ["102 takes 120 back"] = new KickAsked("102", new LegId("i120-0")),
        ["103 takes 120 back"] = new KickAsked("103", new LegId("i120-0")),
        ["SweepDue"] = new SweepDue(),
    };

    [Fact]
    public void Every_state_answers_every_input_as_the_table_says()
    {
        var table = Path.Combine(AppContext.BaseDirectory, "Rooms", "RoomMachineTable.txt");
        var expected = File.ReadAllLines(table).Where(line => line is [not '#', ..]);
        // To compare with, after a change that is meant.
        File.WriteAllLines(table + ".actual", ActualTable());
        Assert.Equal(string.Join('\n', expected), string.Join('\n', ActualTable()));
    }

    [Fact]
    public void The_table_knows_every_kind_of_input()
    {
        Assert.Equal(
            typeof(RoomEvent).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(RoomEvent)) && !type.IsAbstract).ToHashSet(),
            Inputs.Values.Select(input => input.GetType()).ToHashSet());
        foreach (var state in States.Values) Assert.Throws<InvalidOperationException>(() => RoomMachine.Step(state, null!, Now));
    }

    [Fact]
    public void Whatever_happens_a_room_holds_at_most_ten_and_is_over_with_the_last()
    {
        for (var seed = 0; seed < 2_000; seed++)
        {
            var random = new Random(seed);
            var state = new RoomState();
            for (var i = 0; i < 60; i++)
            {
                var before = state;
                var input = random.Next(3) == 0 ? Inputs.Values.ElementAt(random.Next(Inputs.Count)) : Joins($"{101 + random.Next(20)}");
                var step = RoomMachine.Step(state, input, Noon + TimeSpan.FromSeconds(i));
                state = step.State;
                Assert.InRange(state.Members.Length, 0, RoomLimits.Members);
                Assert.Equal(state.Members.Length, state.Members.Select(member => member.Leg).Distinct().Count());
                Assert.Equal(before.IsOn && !state.IsOn, step.Effects.Contains(CloseRoom.It));
                Assert.Equal(!before.IsOn && state.IsOn, step.Effects.Contains(StartSweep.It));
                Assert.True(state.Version >= before.Version);
                if (!state.IsOn) Assert.Equal(("", false, "", 0), (state.Host, state.Locked, state.Node, state.Invitees.Length));
                Assert.InRange(state.Members.Length + state.Invitees.Length, 0, RoomLimits.Members + (before.Invitees.Length > 0 ? 1 : 0));
            }
        }
    }

    private static RoomState Room(params ReadOnlySpan<string> extensions)
    {
        var state = new RoomState();
        foreach (var extension in extensions) state = state.After(Joins(extension));
        return state;
    }

    private static MembersJoin Joins(string extension) => new(Request(extension, extension));

    private static JoinRoom Request(string host, params ReadOnlySpan<string> extensions)
    {
        var members = ImmutableArray.CreateBuilder<NewMember>();
        foreach (var extension in extensions) members.Add(New(extension));
        return new JoinRoom($"acme/c{host}", host, members.ToImmutable(), "n1");
    }

    private static InviteAsked Invites(string by, string extension, string requestId = "t1") =>
        new(new InvitePerson(requestId, $"acme/c{by}", Leg(by), extension, new Party(extension, "")), $"acme/i{extension}");

    private static NewMember New(string extension) => new(Leg(extension), Endpoint(extension), extension, new Party(extension, ""), Holding: false);

    private static LegId Leg(string extension) => new("L" + extension);

    private static EndpointId Endpoint(string extension) => new("n1", int.Parse(extension, System.Globalization.CultureInfo.InvariantCulture));

    private static IEnumerable<string> ActualTable() =>
        from state in States
        from input in Inputs
        let step = RoomMachine.Step(state.Value, input.Value, Now)
        select $"{state.Key} | {input.Key} | {Outcome(state.Value, step)} | {string.Join(", ", step.Effects.Select(Text))}".TrimEnd();

    private static string Outcome(RoomState before, RoomStep step) =>
        step.Refusal != CallEnd.None ? $"refused {step.Refusal}"
        : ReferenceEquals(before, step.State) && step.Effects.IsEmpty ? "ignored"
        : step.State.IsOn ? $"{step.State.Members.Length} of {step.State.Host}{(step.State.Locked ? " locked" : "")}{(step.State.Invitees.IsEmpty ? "" : $", calling {step.State.Invitees.Length}")}" : "Off";

    private static string Text(RoomEffect effect) => effect switch
    {
        PlayToRoom play => $"PlayToRoom {play.Tone}",
        MuteMembers mute => $"MuteMembers {string.Join('+', mute.Muted.Select(endpoint => endpoint.Number))}".TrimEnd(),
        PartMembers part => $"PartMembers {string.Join('+', part.Members.Select(endpoint => endpoint.Number))}",
        KeepMembers keep => $"KeepMembers {string.Join('+', keep.Members.Select(endpoint => endpoint.Number))}".TrimEnd(),
        MoveMembers move => $"MoveMembers {move.CallKey}",
        CallInvitee call => $"CallInvitee {call.Invitee.Extension}",
        CancelInvitee cancel => $"CancelInvitee {cancel.CallKey}",
        LookForInvitee look => $"LookForInvitee {look.CallKey}",
        TellInviter tell => $"TellInviter {tell.Leg} {tell.Why}",
        DismissMember dismiss => $"DismissMember {dismiss.Leg} {dismiss.Reason}",
        _ => effect.GetType().Name,
    };
}

internal static class RoomSteps
{
    public static RoomState After(this RoomState state, RoomEvent input) => RoomMachine.Step(state, input, new DateTimeOffset(2030, 1, 1, 12, 0, 0, TimeSpan.Zero)).State;
}

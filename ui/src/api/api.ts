// Generated from the server's OpenAPI document by `npm run api`. Do not edit.

export interface paths {
    "/v1/agents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the agents of this board, the latest seen first.
         * @description List the agents of this board, the latest seen first.
         *
         *     Look here before you assign a task or name a target: who is there, in which role, and what each one holds.
         */
        get: operations["list_agents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/briefing": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Call this first: who you are, your work, and how to work here.
         * @description Call this first: who you are, your work, and how to work here.
         *
         *     Gives you a name if you have none: send it as `agent` with every call. Shows your tasks, work sent back to you,
         *     decisions, chat and counts. Then claim_next_task.
         */
        post: operations["get_briefing"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/chat": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read the shared chat, newest last.
         * @description Read the shared chat, newest last.
         *
         *     The cursor leads to older messages.
         */
        get: operations["list_chat_messages"];
        put?: never;
        /**
         * Say something to everybody on the board, the person included.
         * @description Say something to everybody on the board, the person included.
         *
         *     A decision, a warning, a plan. What concerns one task belongs into comment_on_task.
         */
        post: operations["send_chat_message"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/events/log": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read committed events after a position, oldest first.
         * @description Read committed events after a position, oldest first.
         *
         *     The same events as the live stream, for those who ask now and then. Go on with the last `seq` as `after`.
         */
        get: operations["get_events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/health-report": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Check the board's health against thresholds.
         * @description Check the board's health against thresholds.
         *
         *     Share of failed work, work without a sign of life, queues, disk and log. The worst level is the report's.
         */
        get: operations["get_health_report"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the keys, newest first, without their secrets.
         * @description List the keys, newest first, without their secrets.
         *
         *     Shows what each may do, whom it belongs to, and when it was last used.
         */
        get: operations["list_keys"];
        put?: never;
        /**
         * Make a key for an agent, a script or a second person.
         * @description Make a key for an agent, a script or a second person.
         *
         *     Its text is shown once, in this answer. Bound to an agent, it is that agent and no other. A key can't make one with
         *     more rights than it has.
         */
        post: operations["create_key"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/keys/{keyId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Revoke a key: it is refused at its next call, and its open streams end.
         * @description Revoke a key: it is refused at its next call, and its open streams end.
         *
         *     The project's own key and your own are made anew at the next start of the server.
         */
        delete: operations["revoke_key"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/knowledge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Look up what the swarm knows, the best fit first.
         * @description Look up what the swarm knows, the best fit first.
         *
         *     Ask before you decide what others may have decided already.
         */
        get: operations["get_knowledge"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/knowledge/{key}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Save what others should know: a decision, a pattern, a convention, a note.
         * @description Save what others should know: a decision, a pattern, a convention, a note.
         *
         *     Saving under a known key makes its next version. Say it in the words somebody would search for.
         */
        put: operations["save_knowledge"];
        post?: never;
        /**
         * Delete a piece of knowledge.
         * @description Delete a piece of knowledge.
         *
         *     Its versions stay in the history; saving under the same key goes on counting.
         */
        delete: operations["delete_knowledge"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/locks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the locks that are held, by path.
         * @description List the locks that are held, by path.
         *
         *     Look here to see who works where; a conflict of acquire_locks tells the same for your paths.
         */
        get: operations["list_locks"];
        put?: never;
        /**
         * Lock paths or globs before you edit them: all of them or none.
         * @description Lock paths or globs before you edit them: all of them or none.
         *
         *     A task's `filesOwned` are locked by its claim already. With `waitSeconds` you queue in order of arrival. Give them
         *     back with release_locks.
         */
        post: operations["acquire_locks"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/locks/release": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Give locks back.
         * @description Give locks back.
         *
         *     Without fields: all that you took with acquire_locks. Those of a task end with complete_task or release_task.
         */
        post: operations["release_locks"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/locks/renew": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Keep locks for longer.
         * @description Keep locks for longer.
         *
         *     Without `fence` and `paths`: all that you hold. Locks of a task's claim are renewed by heartbeat_task instead.
         */
        post: operations["renew_locks"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/project-events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Tell everybody who watches that something happened to the swarm.
         * @description Tell everybody who watches that something happened to the swarm.
         *
         *     A phase began, a build broke, the run is complete. For words to people use send_chat_message.
         */
        post: operations["publish_project_event"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/settings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read the board's settings.
         * @description Read the board's settings.
         *
         *     Leases, reviews, rates, budget, pause.
         */
        get: operations["get_settings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change the board's settings.
         * @description Change the board's settings.
         *
         *     Fields left out keep their value; they hold from the next call on.
         */
        patch: operations["update_settings"];
        trace?: never;
    };
    "/v1/tasks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List tasks, the most urgent first, then the oldest.
         * @description List tasks, the most urgent first, then the oldest.
         *
         *     Bodies are left out: read one with get_task. To take work, call claim_next_task instead.
         */
        get: operations["list_tasks"];
        put?: never;
        /**
         * Create a task on the board.
         * @description Create a task on the board.
         *
         *     If an unfinished task has the same title, you get that one and `deduplicated: true`. Write into the description all
         *     that an agent needs who knows nothing else, into `filesOwned` the files to lock, into `dependsOn` what comes first.
         */
        post: operations["create_task"];
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change up to 500 tasks in one call.
         * @description Change up to 500 tasks in one call.
         *
         *     Each succeeds or fails by itself, in order, and is answered one by one. Use it instead of many update_task calls.
         */
        patch: operations["bulk_update_tasks"];
        trace?: never;
    };
    "/v1/tasks/{taskId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read one task in full.
         * @description Read one task in full.
         *
         *     Ask for comments, history or attempts with `include` when you need them.
         */
        get: operations["get_task"];
        put?: never;
        post?: never;
        /**
         * Delete a task: gone from lists, kept in the history, restorable for 30 days.
         * @description Delete a task: gone from lists, kept in the history, restorable for 30 days.
         *
         *     A task that somebody holds is refused without `force`, which ends their lease.
         */
        delete: operations["delete_task"];
        options?: never;
        head?: never;
        /**
         * Change fields of a task, its status included.
         * @description Change fields of a task, its status included.
         *
         *     Fields left out keep their value; null clears. To in_progress claims, to in_review or done completes, from in_review
         *     to todo rejects, to blocked waits; the last two need a `reason`. `version` refuses to overwrite somebody's change.
         */
        patch: operations["update_task"];
        trace?: never;
    };
    "/v1/tasks/{taskId}/claim": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Claim a task so that nobody else works on it.
         * @description Claim a task so that nobody else works on it.
         *
         *     Gives you a lease and locks the task's files. Keep it with heartbeat_task; end it with complete_task or
         *     release_task. With no task in mind, use claim_next_task.
         */
        post: operations["claim_task"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tasks/{taskId}/comments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Add a comment to a task.
         * @description Add a comment to a task.
         *
         *     For the next reader of the task; use send_chat_message for what concerns everybody.
         */
        post: operations["comment_on_task"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tasks/{taskId}/complete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * End your work on a task.
         * @description End your work on a task.
         *
         *     It goes to review, or to done where none is due. Say in `result` what you did, what you checked and what is left.
         *     Then claim_next_task.
         */
        post: operations["complete_task"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tasks/{taskId}/explain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Say why a task is where it is: the events, agents and rules behind its column.
         * @description Say why a task is where it is: the events, agents and rules behind its column.
         *
         *     Also why it can't be claimed at this moment, and who holds what until when.
         */
        get: operations["explain_task"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tasks/{taskId}/heartbeat": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Keep your lease on a task, and say where the work stands.
         * @description Keep your lease on a task, and say where the work stands.
         *
         *     Call it about every third of the lease's time. LEASE_LOST means that somebody else may have the task: stop.
         */
        post: operations["heartbeat_task"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tasks/{taskId}/release": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Give a task back that you can't or won't finish.
         * @description Give a task back that you can't or won't finish.
         *
         *     It goes to todo for others, with your reason in its history. If it only waits for something, set it to blocked with
         *     update_task instead.
         */
        post: operations["release_task"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tasks/{taskId}/restore": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Bring a deleted task back.
         * @description Bring a deleted task back.
         *
         *     Possible for 30 days; it returns to the column it was in.
         */
        post: operations["restore_task"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tasks/{taskId}/review": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Approve a task in review, or send it back with a reason.
         * @description Approve a task in review, or send it back with a reason.
         *
         *     For the person and for agents with the role reviewer, never for own work. A reject goes back to the same agent, with
         *     the reason at the end of the description.
         */
        post: operations["review_task"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tasks/cancel-stale": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel every task that still waits in todo, at the end of a swarm's run.
         * @description Cancel every task that still waits in todo, at the end of a swarm's run.
         *
         *     Tells everybody `swarm.complete`. With `olderThanSeconds` only those untouched for so long.
         */
        post: operations["cancel_stale_tasks"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tasks/claim-next": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Claim the next task for you: the most urgent, then the oldest.
         * @description Claim the next task for you: the most urgent, then the oldest.
         *
         *     Call this when you are free. With `waitSeconds` the call is held until there is one; ask again when it ends with
         *     nothing. Read the description to its end: reject reasons stand there. Then heartbeat_task, then complete_task.
         */
        post: operations["claim_next_task"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/wait": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Wait until something happens: a task's status, free files, or an event.
         * @description Wait until something happens: a task's status, free files, or an event.
         *
         *     Ends with the first of them and renews your leases meanwhile. If it ends with nothing, call it again with the
         *     `after` it gives you.
         */
        post: operations["wait_for"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * @description Lock paths or globs before you edit them: all of them or none.
         *
         *     A task's `filesOwned` are locked by its claim already. With `waitSeconds` you queue in order of arrival. Give them
         *     back with release_locks.
         */
        AcquireLocks: {
            /**
             * @description Default exclusive.
             * @enum {string|null}
             */
            mode?: "exclusive" | "shared" | null;
            /** @description Such as src/api/**. */
            paths: string[];
            /** @description Why, for who has to wait. */
            reason?: string | null;
            /** @description Default 600. */
            ttlSeconds?: number | null;
            /** @description Default 0, advised 25. */
            waitSeconds?: number | null;
        };
        /** @description What came of it. */
        AcquireLocksOutput: {
            /** @description Whether all were taken. */
            acquired: boolean;
            /** @description What is in the way. */
            conflicts: components["schemas"]["Overlap"][];
            /**
             * Format: int64
             * @description Proves the holder in renew_locks and release_locks.
             */
            fence: number | null;
            /** @description The locks; empty when the wait ended without. */
            locks: components["schemas"]["Lock"][];
            /** @description What to do now, when there was nothing. */
            next: string | null;
        };
        /** @description A named participant. */
        Agent: {
            /**
             * Format: date-time
             * @description Its last call.
             */
            lastSeenAt: string;
            /** @description The name. */
            name: string;
            /** @description The role it gave or its key has. */
            role: string | null;
            /** @description The task it holds (the newest, when several). */
            taskId: string | null;
        };
        /** @description One claim of a task and how it ended. */
        Attempt: {
            /** @description Who tried. */
            agent: string;
            /**
             * Format: int64
             * @description The number of the attempt, from 1.
             */
            attempt: number;
            /**
             * Format: date-time
             * @description When it ended.
             */
            endedAt: string | null;
            /**
             * Format: int64
             * @description Its fencing token.
             */
            fence: number;
            /** @description How it ended: success, failed, skipped, cancelled, released, lease_ended, taken, blocked. */
            outcome: string | null;
            /**
             * Format: date-time
             * @description When it was claimed.
             */
            startedAt: string;
        };
        /** @description The briefing. */
        BriefingOutput: {
            /** @description The caller's name: send it as `agent` with every call. */
            agent: string;
            /** @description The last messages of the chat, newest last. */
            chat: components["schemas"]["ChatMessage"][];
            /** @description How many tasks each status has. */
            counts: {
                [key: string]: unknown;
            };
            /** @description Recent decisions and conventions. */
            decisions: components["schemas"]["Knowledge"][];
            /** @description How to work here. */
            howToWork: string;
            /** @description The project's name. */
            project: string;
            /** @description Work that was sent back to the caller, in full; claim it again. */
            rejected: components["schemas"]["Task"][];
            /** @description Its role. */
            role: string | null;
            /**
             * Format: int64
             * @description The board's position: where wait_for and get_events can go on from.
             */
            seq: number;
            /** @description Tasks that the caller holds, in full. */
            tasks: components["schemas"]["Task"][];
        };
        /** @description What came of all. */
        BulkOutput: {
            /**
             * Format: uint
             * @description How many were not.
             */
            failed: number;
            /** @description One result for each update, in order. */
            results: components["schemas"]["BulkResult"][];
            /**
             * Format: uint
             * @description How many were done.
             */
            succeeded: number;
        };
        /** @description What came of one update. */
        BulkResult: {
            /** @description Why it was not done. */
            error: unknown;
            /** @description Whether it was done. */
            success: boolean;
            /** @description The changed task. */
            task: components["schemas"]["Task"] | null;
            /** @description The task's id, as it was given. */
            taskId: string | null;
        };
        /**
         * @description Change up to 500 tasks in one call.
         *
         *     Each succeeds or fails by itself, in order, and is answered one by one. Use it instead of many update_task calls.
         */
        BulkUpdateTasks: {
            /** @description The updates, each with `taskId` and the fields of update_task. */
            updates: {
                [key: string]: unknown;
            }[];
        };
        /** @description What was cancelled. */
        CancelStaleOutput: {
            /**
             * Format: uint
             * @description How many.
             */
            cancelled: number;
            /** @description Which. */
            taskIds: string[];
        };
        /**
         * @description Cancel every task that still waits in todo, at the end of a swarm's run.
         *
         *     Tells everybody `swarm.complete`. With `olderThanSeconds` only those untouched for so long.
         */
        CancelStaleTasks: {
            /** @description Default 0: all. */
            olderThanSeconds?: number | null;
            /** @description Why, for the history. */
            reason?: string | null;
        };
        /** @description A message in the shared chat. */
        ChatMessage: {
            /**
             * Format: date-time
             * @description When.
             */
            at: string;
            /** @description Who said it. */
            from: string;
            /** @description The id. */
            id: string;
            /** @description The message it answers. */
            replyTo: string | null;
            /** @description The task it is about. */
            taskId: string | null;
            /** @description What was said. */
            text: string;
        };
        /** @description The message. */
        ChatOutput: {
            /** @description The message as stored. */
            message: components["schemas"]["ChatMessage"];
        };
        /** @description What a search for work found. */
        ClaimNextOutput: {
            /** @description What to do now, when there was nothing. */
            next: string | null;
            /** @description What was passed over, by reason. */
            skipped: components["schemas"]["Skipped"];
            /** @description The task, now the caller's; null when there is none. */
            task: components["schemas"]["Task"] | null;
        };
        /**
         * @description Claim the next task for you: the most urgent, then the oldest.
         *
         *     Call this when you are free. With `waitSeconds` the call is held until there is one; ask again when it ends with
         *     nothing. Read the description to its end: reject reasons stand there. Then heartbeat_task, then complete_task.
         */
        ClaimNextTask: {
            /** @description Default: the board's, 600. */
            leaseSeconds?: number | null;
            /** @description Default 0, advised 25. */
            waitSeconds?: number | null;
        };
        /** @description What came of a claim. */
        ClaimOutput: {
            /** @description The task, now the caller's, with its lease and fence. */
            task: components["schemas"]["Task"];
        };
        /**
         * @description Claim a task so that nobody else works on it.
         *
         *     Gives you a lease and locks the task's files. Keep it with heartbeat_task; end it with complete_task or
         *     release_task. With no task in mind, use claim_next_task.
         */
        ClaimTask: {
            /** @description Default: the board's, 600. */
            leaseSeconds?: number | null;
            /** @description The task. */
            taskId: string;
        };
        /** @description A comment on a task. */
        Comment: {
            /**
             * Format: date-time
             * @description When.
             */
            at: string;
            /** @description Who wrote it. */
            author: string;
            /** @description The id. */
            id: string;
            /** @description The text, as markdown. */
            text: string;
        };
        /**
         * @description Add a comment to a task.
         *
         *     For the next reader of the task; use send_chat_message for what concerns everybody.
         */
        CommentOnTask: {
            /** @description The task. */
            taskId: string;
            /** @description Markdown. */
            text: string;
        };
        /** @description The comment. */
        CommentOutput: {
            /** @description The comment as stored. */
            comment: components["schemas"]["Comment"];
        };
        /**
         * @description End your work on a task.
         *
         *     It goes to review, or to done where none is due. Say in `result` what you did, what you checked and what is left.
         *     Then claim_next_task.
         */
        CompleteTask: {
            /** @description Total of this attempt. */
            cost?: components["schemas"]["CostInput"] | null;
            /**
             * @description The kind of the failure.
             * @enum {string|null}
             */
            errorClass?: "transient" | "permanent" | "dependency" | "policy" | "timeout" | "unknown" | null;
            /** @description Your code of the failure. */
            errorCode?: string | null;
            /**
             * Format: int64
             * @description Instead of your name.
             */
            fence?: number | null;
            /** @description The model you are. */
            model?: string | null;
            /**
             * @description Default success.
             * @enum {string|null}
             */
            outcome?: "success" | "failed" | "skipped" | "cancelled" | null;
            /** @description What you did (markdown). */
            result?: string | null;
            /** @description The task. */
            taskId: string;
        };
        /** @description What a task has cost so far, over all attempts. Failed attempts count. */
        Cost: {
            /**
             * Format: double
             * @description US dollars.
             * @default 0
             */
            costUsd: number;
            /**
             * Format: uint64
             * @description Tokens read.
             * @default 0
             */
            tokensIn: number;
            /**
             * Format: uint64
             * @description Tokens written.
             * @default 0
             */
            tokensOut: number;
        };
        /** @description What a task has cost so far, over all attempts. Failed attempts count. */
        CostInput: {
            /**
             * Format: double
             * @description US dollars.
             * @default 0
             */
            costUsd?: number;
            /**
             * Format: uint64
             * @description Tokens read.
             * @default 0
             */
            tokensIn?: number;
            /**
             * Format: uint64
             * @description Tokens written.
             * @default 0
             */
            tokensOut?: number;
        };
        /**
         * @description Make a key for an agent, a script or a second person.
         *
         *     Its text is shown once, in this answer. Bound to an agent, it is that agent and no other. A key can't make one with
         *     more rights than it has.
         */
        CreateKey: {
            /**
             * Format: date-time
             * @description When it stops working.
             */
            expiresAt?: string | null;
            /** @description The agent it is bound to; none: any agent of the project. */
            forAgent?: string | null;
            /**
             * @description Default custom.
             * @enum {string|null}
             */
            kind?: "person" | "project" | "board" | "bridge" | "custom" | null;
            /** @description What you call it. */
            label?: string | null;
            /** @description That agent's role: coordinator, builder, reviewer, auditor, or any other word. */
            role?: string | null;
            /** @description The highest scope: read, work, plan, approve, admin (default plan; each includes those before). */
            scopes?: ("read" | "work" | "plan" | "approve" | "admin")[] | null;
        };
        /** @description The new key. */
        CreateKeyOutput: {
            /** @description The key, without its secret. */
            key: components["schemas"]["Key"];
            /** @description The text to use as bearer. It is not stored: empty when the answer is given again to a retry. */
            secret: string;
        };
        /**
         * @description Create a task on the board.
         *
         *     If an unfinished task has the same title, you get that one and `deduplicated: true`. Write into the description all
         *     that an agent needs who knows nothing else, into `filesOwned` the files to lock, into `dependsOn` what comes first.
         */
        CreateTask: {
            /**
             * @description When to take it up.
             * @enum {string|null}
             */
            action?: "interrupt" | "sprint" | "parallel" | "queue" | "backlog" | null;
            /** @description Creates it even if the same is there. */
            allowDuplicate?: boolean | null;
            /** @description Left out: whoever claims it. */
            assignedTo?: string | null;
            /** @description Tasks that must be done first. */
            dependsOn?: string[] | null;
            /** @description All that is needed to do it (markdown). */
            description?: string | null;
            /** @description Agents to try instead. */
            fallback?: string[] | null;
            /** @description Paths or globs that its claim locks. */
            filesOwned?: string[] | null;
            /** @description Free words to filter by. */
            labels?: string[] | null;
            /**
             * @description Default normal.
             * @enum {string|null}
             */
            priority?: "low" | "normal" | "high" | "urgent" | null;
            /** @description Where its content comes from. */
            provenance?: components["schemas"]["ProvenanceInput"] | null;
            /** @description What it answers. */
            replyTo?: string | null;
            /** @description Default: the board's setting. */
            requiresReview?: boolean | null;
            /** @description An agent, a role or `all`. */
            target?: string | null;
            /** @description The conversation it belongs to. */
            threadId?: string | null;
            /** @description What is to be done, in one line. */
            title: string;
            /** @description Cancels it if unclaimed by then. */
            ttlSeconds?: number | null;
            /** @description task (default), question, any word. */
            type?: string | null;
        };
        /** @description What came of it. */
        CreateTaskOutput: {
            /** @description Whether a standing task was found and nothing was changed. */
            deduplicated: boolean;
            /** @description Open tasks that may mean the same. */
            similar: components["schemas"]["SimilarTask"][];
            /** @description The new task, or the standing one. */
            task: components["schemas"]["Task"];
        };
        /**
         * @description Delete a piece of knowledge.
         *
         *     Its versions stay in the history; saving under the same key goes on counting.
         */
        DeleteKnowledge: {
            /** @description Its key. */
            key: string;
        };
        /**
         * @description Delete a task: gone from lists, kept in the history, restorable for 30 days.
         *
         *     A task that somebody holds is refused without `force`, which ends their lease.
         */
        DeleteTask: {
            /** @description Deletes it even if somebody holds it. */
            force?: boolean | null;
            /** @description The task. */
            taskId: string;
        };
        Error: {
            error: {
                /** @enum {string} */
                code: "VALIDATION_ERROR" | "UNAUTHENTICATED" | "FORBIDDEN" | "SOURCE_MISMATCH" | "HOST_NOT_ALLOWED" | "ORIGIN_NOT_ALLOWED" | "NOT_FOUND" | "METHOD_NOT_ALLOWED" | "TASK_NOT_CLAIMABLE" | "FILES_LOCKED" | "LEASE_LOST" | "INVALID_TRANSITION" | "CONFLICT" | "REQUEST_IN_PROGRESS" | "VERSION_MISMATCH" | "PAYLOAD_TOO_LARGE" | "UNSUPPORTED_MEDIA_TYPE" | "REQUEST_ID_REUSED" | "UNKNOWN_RECIPIENT" | "DEPENDENCY_CYCLE" | "RATE_LIMITED" | "BUDGET_EXCEEDED" | "OVERLOADED" | "READ_ONLY" | "DISK_FULL" | "INTERNAL";
                details: Record<string, never>;
                hint: string;
                message: string;
                retryable: boolean;
            };
            meta: components["schemas"]["Meta"];
            /** @constant */
            success: false;
        };
        /** @description A committed fact, in the board's one order. */
        Event: {
            /** @description Who did it. */
            actor: string;
            /**
             * Format: date-time
             * @description When it was committed.
             */
            at: string;
            /** @description The facts. */
            data: unknown;
            /** @description What it is about, such as a task's id. */
            entity: string | null;
            /**
             * Format: int64
             * @description The position.
             */
            seq: number;
            /** @description What happened. */
            type: string;
        };
        /** @description The explanation. */
        ExplainOutput: {
            /** @description Whether anybody could claim it now. */
            claimable: boolean;
            /** @description Why not: the refusal that a claim would get. */
            claimRefusal: unknown;
            /** @description Locks of others in the way of its files. */
            conflicts: components["schemas"]["Overlap"][];
            /** @description The last things that happened to it, oldest first. */
            events: components["schemas"]["HistoryEntry"][];
            /** @description Locks it holds. */
            locks: components["schemas"]["Lock"][];
            /**
             * @description The column.
             * @enum {string}
             */
            status: "todo" | "in_progress" | "blocked" | "in_review" | "done" | "failed" | "cancelled";
            /** @description One or two sentences for a person. */
            summary: string;
            /** @description Tasks that wait for it. */
            unblocks: string[];
            /** @description Unfinished tasks it waits for. */
            waitsFor: string[];
        };
        /**
         * @description Say why a task is where it is: the events, agents and rules behind its column.
         *
         *     Also why it can't be claimed at this moment, and who holds what until when.
         */
        ExplainTask: {
            /** @description The task. */
            taskId: string;
        };
        /**
         * @description Call this first: who you are, your work, and how to work here.
         *
         *     Gives you a name if you have none: send it as `agent` with every call. Shows your tasks, work sent back to you,
         *     decisions, chat and counts. Then claim_next_task.
         */
        GetBriefing: {
            /** @description Your program, such as claude: a new name begins with it. */
            client?: string | null;
            /** @description coordinator, builder, reviewer, auditor or any word. */
            role?: string | null;
        };
        /**
         * @description Read committed events after a position, oldest first.
         *
         *     The same events as the live stream, for those who ask now and then. Go on with the last `seq` as `after`.
         */
        GetEvents: {
            /**
             * Format: int64
             * @description The position to begin after (default 0: from the first).
             */
            after?: number | null;
            /** @description Up to 200. */
            limit?: number | null;
            /** @description Beginnings of types, such as task. or chat.message. */
            types?: string[] | null;
        };
        /** @description Events. */
        GetEventsOutput: {
            /**
             * Format: int64
             * @description The position to go on from.
             */
            after: number;
            /** @description Oldest first. */
            events: components["schemas"]["Event"][];
            /** @description Whether there are more already. */
            more: boolean;
        };
        /**
         * @description Check the board's health against thresholds.
         *
         *     Share of failed work, work without a sign of life, queues, disk and log. The worst level is the report's.
         */
        GetHealthReport: Record<string, never>;
        /**
         * @description Look up what the swarm knows, the best fit first.
         *
         *     Ask before you decide what others may have decided already.
         */
        GetKnowledge: {
            /** @description `nextCursor` of the page before. */
            cursor?: string | null;
            /** @description Exactly this piece. */
            key?: string | null;
            /**
             * @description Of this kind.
             * @enum {string|null}
             */
            kind?: "note" | "decision" | "pattern" | "convention" | null;
            /** @description Up to 200. */
            limit?: number | null;
            /** @description Words in it. */
            query?: string | null;
            /** @description With this tag. */
            tag?: string | null;
        };
        /** @description A page of knowledge. */
        GetKnowledgeOutput: {
            /**
             * Format: int64
             * @description The board's position that the page reflects.
             */
            asOfSeq: number;
            /** @description The pieces. */
            knowledge: components["schemas"]["Knowledge"][];
            /** @description Where the next page begins; null: this was the last. */
            nextCursor: string | null;
        };
        /**
         * @description Read the board's settings.
         *
         *     Leases, reviews, rates, budget, pause.
         */
        GetSettings: Record<string, never>;
        /**
         * @description Read one task in full.
         *
         *     Ask for comments, history or attempts with `include` when you need them.
         */
        GetTask: {
            /** @description What to add. */
            include?: ("comments" | "history" | "attempts")[] | null;
            /** @description The task. */
            taskId: string;
        };
        /** @description A task and what was asked for beside it. */
        GetTaskOutput: {
            /** @description Who tried it, oldest first; null unless asked for. */
            attempts: components["schemas"]["Attempt"][] | null;
            /** @description What was said about it, oldest first; null unless asked for. */
            comments: components["schemas"]["Comment"][] | null;
            /** @description What happened to it, oldest first; null unless asked for. */
            history: components["schemas"]["HistoryEntry"][] | null;
            /** @description The task. */
            task: components["schemas"]["Task"];
        };
        /** @description The report. */
        HealthOutput: {
            /** @description All figures. */
            indicators: components["schemas"]["Indicator"][];
            /**
             * @description The worst of all levels.
             * @enum {string}
             */
            level: "ok" | "warning" | "critical";
        };
        /**
         * @description Keep your lease on a task, and say where the work stands.
         *
         *     Call it about every third of the lease's time. LEASE_LOST means that somebody else may have the task: stop.
         */
        HeartbeatTask: {
            /** @description Total of this attempt so far. */
            cost?: components["schemas"]["CostInput"] | null;
            /**
             * Format: int64
             * @description Instead of your name.
             */
            fence?: number | null;
            /** @description A new length for the lease. */
            leaseSeconds?: number | null;
            /** @description Where the work stands. */
            note?: string | null;
            /** @description Percent done. */
            progress?: number | null;
            /** @description The task. */
            taskId: string;
        };
        /** @description One entry of a task's history. */
        HistoryEntry: {
            /** @description Who did it. */
            actor: string;
            /**
             * Format: date-time
             * @description When.
             */
            at: string;
            /** @description What happened, in a word. */
            change: string | null;
            /** @description Which fields changed. */
            fields: string[];
            /** @description Why. */
            reason: string | null;
            /**
             * Format: int64
             * @description The event's position.
             */
            seq: number;
            /** @description The event's type. */
            type: string;
        };
        /** @description One figure against its thresholds. */
        Indicator: {
            /**
             * Format: double
             * @description From here on it is critical.
             */
            critical: number;
            /**
             * @description Where the figure stands.
             * @enum {string}
             */
            level: "ok" | "warning" | "critical";
            /** @description What it means, and what to do when it is not ok. */
            meaning: string;
            /** @description What is measured. */
            name: string;
            /**
             * Format: double
             * @description The figure.
             */
            value: number;
            /**
             * Format: double
             * @description From here on it is a warning.
             */
            warning: number;
        };
        /** @description A key, without its secret: that is shown once, when it is made. */
        Key: {
            /** @description The one agent it is bound to; none: any agent of the project. */
            agent: string | null;
            /**
             * Format: date-time
             * @description When it was made.
             */
            createdAt: string;
            /**
             * Format: date-time
             * @description When it stops working.
             */
            expiresAt: string | null;
            /** @description The public part, as it stands in the key's text. */
            id: string;
            /**
             * @description What it was made for.
             * @enum {string}
             */
            kind: "person" | "project" | "board" | "bridge" | "custom";
            /** @description What the person calls it. */
            label: string;
            /**
             * Format: date-time
             * @description Its last use, to within a minute.
             */
            lastUsedAt: string | null;
            /**
             * Format: date-time
             * @description When it was revoked.
             */
            revokedAt: string | null;
            /** @description The role of that agent. */
            role: string | null;
            /** @description What it may do. */
            scopes: ("read" | "work" | "plan" | "approve" | "admin")[];
        };
        /** @description The revoked key. */
        KeyOutput: {
            /** @description The key. */
            key: components["schemas"]["Key"];
        };
        /** @description A piece of knowledge. */
        Knowledge: {
            /**
             * Format: date-time
             * @description When it was first saved.
             */
            createdAt: string;
            /** @description The key. */
            key: string;
            /**
             * @description What it is.
             * @enum {string}
             */
            kind: "note" | "decision" | "pattern" | "convention";
            /** @description Free words. */
            tags: string[];
            /** @description The text, as markdown. */
            text: string;
            /**
             * Format: date-time
             * @description When it was last saved.
             */
            updatedAt: string;
            /** @description Who saved it last. */
            updatedBy: string;
            /**
             * Format: int64
             * @description Grows with every save.
             */
            version: number;
        };
        /** @description The saved piece. */
        KnowledgeOutput: {
            /** @description The piece, with its new version. */
            knowledge: components["schemas"]["Knowledge"];
        };
        /** @description The right of one agent to work on a task until a moment. */
        Lease: {
            /** @description Who holds it. */
            agent: string;
            /**
             * Format: date-time
             * @description When it ends unless renewed.
             */
            expiresAt: string;
            /**
             * Format: int64
             * @description The fencing token: proves the holder, never goes back.
             */
            fence: number;
        };
        /**
         * @description List the agents of this board, the latest seen first.
         *
         *     Look here before you assign a task or name a target: who is there, in which role, and what each one holds.
         */
        ListAgents: {
            /** @description Only those with this role. */
            role?: string | null;
        };
        /** @description The agents. */
        ListAgentsOutput: {
            /** @description The latest seen first. */
            agents: components["schemas"]["Agent"][];
        };
        /**
         * @description Read the shared chat, newest last.
         *
         *     The cursor leads to older messages.
         */
        ListChatMessages: {
            /** @description `nextCursor` of the page before. */
            cursor?: string | null;
            /** @description Up to 200. */
            limit?: number | null;
            /** @description Only those about this task. */
            taskId?: string | null;
        };
        /** @description A page of the chat. */
        ListChatOutput: {
            /**
             * Format: int64
             * @description The board's position that the page reflects.
             */
            asOfSeq: number;
            /** @description The messages, newest last. */
            messages: components["schemas"]["ChatMessage"][];
            /** @description Leads to older messages; null: there are none. */
            nextCursor: string | null;
        };
        /**
         * @description List the keys, newest first, without their secrets.
         *
         *     Shows what each may do, whom it belongs to, and when it was last used.
         */
        ListKeys: {
            /** @description Also those that were revoked or have expired. */
            includeRevoked?: boolean | null;
        };
        /** @description The keys. */
        ListKeysOutput: {
            /** @description Newest first. */
            keys: components["schemas"]["Key"][];
        };
        /**
         * @description List the locks that are held, by path.
         *
         *     Look here to see who works where; a conflict of acquire_locks tells the same for your paths.
         */
        ListLocks: {
            /** @description Only those of this agent. */
            holder?: string | null;
            /** @description Only those that overlap this path or glob. */
            path?: string | null;
        };
        /**
         * @description List tasks, the most urgent first, then the oldest.
         *
         *     Bodies are left out: read one with get_task. To take work, call claim_next_task instead.
         */
        ListTasks: {
            /** @description Whose they are. */
            assignedTo?: string | null;
            /** @description `nextCursor` of the page before. */
            cursor?: string | null;
            /** @description Bodies too. */
            include?: "description"[] | null;
            /** @description A label they have. */
            label?: string | null;
            /** @description Up to 200. */
            limit?: number | null;
            /**
             * @description How urgent.
             * @enum {string|null}
             */
            priority?: "low" | "normal" | "high" | "urgent" | null;
            /** @description Of a sprint. */
            sprintId?: string | null;
            /** @description Any of these statuses. */
            status?: ("todo" | "in_progress" | "blocked" | "in_review" | "done" | "failed" | "cancelled")[] | null;
            /** @description Meant for. */
            target?: string | null;
            /** @description Words in it. */
            text?: string | null;
            /** @description Their type. */
            type?: string | null;
            /**
             * Format: date-time
             * @description Changed since.
             */
            updatedSince?: string | null;
        };
        /** @description A page of tasks. */
        ListTasksOutput: {
            /**
             * Format: int64
             * @description The board's position that the page reflects.
             */
            asOfSeq: number;
            /** @description Where the next page begins; null: this was the last. */
            nextCursor: string | null;
            /** @description The tasks. */
            tasks: components["schemas"]["Task"][];
        };
        /** @description A lock on a path or glob. */
        Lock: {
            /**
             * Format: date-time
             * @description When it was taken.
             */
            acquiredAt: string;
            /** @description Who holds it. */
            agent: string;
            /**
             * Format: date-time
             * @description When it ends unless renewed.
             */
            expiresAt: string;
            /**
             * Format: int64
             * @description The fencing token.
             */
            fence: number;
            /** @description The id. */
            id: string;
            /**
             * @description Whether others may hold one too.
             * @enum {string}
             */
            mode: "exclusive" | "shared";
            /** @description The path or glob, relative to the project's root. */
            path: string;
            /** @description Why. */
            reason: string | null;
            /** @description The task whose claim took it; such a lock ends with the lease. */
            taskId: string | null;
        };
        /** @description Locks. */
        LocksOutput: {
            /** @description The locks. */
            locks: components["schemas"]["Lock"][];
        };
        Meta: {
            correlationId: string;
            notices?: Record<string, never>[];
            replayed?: boolean;
            seq?: number;
            /** Format: date-time */
            timestamp: string;
        };
        /** @description A lock in the way of a path. */
        Overlap: {
            /** @description By whom. */
            agent: string;
            /**
             * Format: date-time
             * @description Until when.
             */
            expiresAt: string;
            /** @description What is locked. */
            held: string;
            /**
             * @description How.
             * @enum {string}
             */
            mode: "exclusive" | "shared";
            /** @description What was asked for. */
            path: string;
            /** @description Why. */
            reason: string | null;
            /** @description For which task. */
            taskId: string | null;
        };
        /** @description Where a task's content comes from. */
        Provenance: {
            /**
             * Format: double
             * @description How sure the writer is, 0 to 1.
             * @default null
             */
            confidence: number | null;
            /**
             * Format: uint64
             * @description Tokens spent on writing it.
             * @default null
             */
            costTokens: number | null;
            /**
             * @description The model that wrote it.
             * @default null
             */
            model: string | null;
        };
        /** @description Where a task's content comes from. */
        ProvenanceInput: {
            /**
             * Format: double
             * @description How sure the writer is, 0 to 1.
             * @default null
             */
            confidence?: number | null;
            /**
             * Format: uint64
             * @description Tokens spent on writing it.
             * @default null
             */
            costTokens?: number | null;
            /**
             * @description The model that wrote it.
             * @default null
             */
            model?: string | null;
        };
        /** @description The published event. */
        PublishOutput: {
            /**
             * Format: int64
             * @description Its position.
             */
            seq: number;
        };
        /**
         * @description Tell everybody who watches that something happened to the swarm.
         *
         *     A phase began, a build broke, the run is complete. For words to people use send_chat_message.
         */
        PublishProjectEvent: {
            /** @description A name such as swarm.started. */
            name: string;
            /** @description Facts. */
            payload?: {
                [key: string]: unknown;
            } | null;
        };
        /**
         * @description Give locks back.
         *
         *     Without fields: all that you took with acquire_locks. Those of a task end with complete_task or release_task.
         */
        ReleaseLocks: {
            /**
             * Format: int64
             * @description Those taken with this fence.
             */
            fence?: number | null;
            /** @description Those on these paths. */
            paths?: string[] | null;
        };
        /**
         * @description Give a task back that you can't or won't finish.
         *
         *     It goes to todo for others, with your reason in its history. If it only waits for something, set it to blocked with
         *     update_task instead.
         */
        ReleaseTask: {
            /**
             * Format: int64
             * @description Instead of your name.
             */
            fence?: number | null;
            /** @description Why, for whoever takes it next. */
            reason?: string | null;
            /** @description The task. */
            taskId: string;
        };
        /**
         * @description Keep locks for longer.
         *
         *     Without `fence` and `paths`: all that you hold. Locks of a task's claim are renewed by heartbeat_task instead.
         */
        RenewLocks: {
            /**
             * Format: int64
             * @description Those taken with this fence.
             */
            fence?: number | null;
            /** @description Those on these paths. */
            paths?: string[] | null;
            /** @description How long from now (default 600). */
            ttlSeconds?: number | null;
        };
        /**
         * @description Bring a deleted task back.
         *
         *     Possible for 30 days; it returns to the column it was in.
         */
        RestoreTask: {
            /** @description The task. */
            taskId: string;
        };
        /** @description The last review. */
        Review: {
            /**
             * Format: date-time
             * @description When.
             */
            at: string;
            /** @description Who decided. */
            by: string;
            /** @description Why, when it was sent back. */
            reason: string | null;
            /**
             * @description The decision.
             * @enum {string}
             */
            verdict: "approve" | "reject";
        };
        /**
         * @description Approve a task in review, or send it back with a reason.
         *
         *     For the person and for agents with the role reviewer, never for own work. A reject goes back to the same agent, with
         *     the reason at the end of the description.
         */
        ReviewTask: {
            /** @description Required for a reject. */
            reason?: string | null;
            /** @description The task. */
            taskId: string;
            /**
             * @description The decision.
             * @enum {string}
             */
            verdict: "approve" | "reject";
            /**
             * Format: int64
             * @description The version you read.
             */
            version?: number | null;
        };
        /**
         * @description Revoke a key: it is refused at its next call, and its open streams end.
         *
         *     The project's own key and your own are made anew at the next start of the server.
         */
        RevokeKey: {
            /** @description The key's id, the part between `mp_` and the secret. */
            keyId: string;
        };
        /**
         * @description Save what others should know: a decision, a pattern, a convention, a note.
         *
         *     Saving under a known key makes its next version. Say it in the words somebody would search for.
         */
        SaveKnowledge: {
            /** @description Such as payments/retry-policy. */
            key: string;
            /**
             * @description Default: as it was, at first note.
             * @enum {string|null}
             */
            kind?: "note" | "decision" | "pattern" | "convention" | null;
            /** @description Default: as they were. */
            tags?: string[] | null;
            /** @description Markdown. */
            text: string;
        };
        /**
         * @description Say something to everybody on the board, the person included.
         *
         *     A decision, a warning, a plan. What concerns one task belongs into comment_on_task.
         */
        SendChatMessage: {
            /** @description The message it answers. */
            replyTo?: string | null;
            /** @description The task it is about. */
            taskId?: string | null;
            /** @description Markdown. */
            text: string;
        };
        /** @description The board's settings. A field that an older version did not know has its default. */
        Settings: {
            /**
             * Format: uint64
             * @description How long a lease lasts unless the claim says otherwise, in seconds.
             * @default 600
             */
            leaseSeconds: number;
            /**
             * Format: int64
             * @description After this many attempts a task is flagged for a person.
             * @default 5
             */
            maxAttempts: number;
            /**
             * Format: int64
             * @description After this many releases a task is flagged for a person.
             * @default 3
             */
            maxReleases: number;
            /**
             * Format: double
             * @description US dollars a calendar month (UTC) after which no task can be claimed; null: no limit.
             * @default null
             */
            monthlyBudgetUsd: number | null;
            /**
             * @description Whether all writes but the person's are refused.
             * @default false
             */
            paused: boolean;
            /**
             * @description The name shown on the board.
             * @default
             */
            projectName: string;
            /**
             * Format: uint32
             * @description Reads a minute per key and agent.
             * @default 600
             */
            readsPerMinute: number;
            /**
             * @description Whether a new task needs a review unless it says otherwise.
             * @default true
             */
            requiresReview: boolean;
            /**
             * Format: uint32
             * @description Writes a minute per key and agent. Heartbeats, releases and completions have a budget of their own of the same size.
             * @default 300
             */
            writesPerMinute: number;
        };
        /** @description The settings. */
        SettingsOutput: {
            /** @description All of them. */
            settings: components["schemas"]["Settings"];
        };
        /** @description A task with nearly the same title. */
        SimilarTask: {
            /** @description Its id. */
            id: string;
            /**
             * @description Its status.
             * @enum {string}
             */
            status: "todo" | "in_progress" | "blocked" | "in_review" | "done" | "failed" | "cancelled";
            /** @description Its title. */
            title: string;
        };
        /** @description How many tasks a search for work passed over, by reason. */
        Skipped: {
            /**
             * Format: int64
             * @description They are for somebody else.
             */
            assignedElsewhere: number;
            /**
             * Format: int64
             * @description Their files are locked.
             */
            filesLocked: number;
            /**
             * Format: int64
             * @description They have failed too often and wait for a person.
             */
            needsHuman: number;
            /**
             * Format: int64
             * @description They wait for other tasks.
             */
            waiting: number;
        };
        /**
         * @description A task. Over REST every field is always there, null or empty where there is nothing; MCP leaves those out.
         *     In lists and events `description` and `result` are null unless asked for.
         */
        Task: {
            /**
             * @description What the sender wants done with it.
             * @enum {string|null}
             */
            action: "interrupt" | "sprint" | "parallel" | "queue" | "backlog" | null;
            /** @description Whose it is; with nobody, anyone may claim it. */
            assignedTo: string | null;
            /**
             * Format: int64
             * @description How often it was claimed.
             */
            attempts: number;
            /** @description Why it is blocked or needs a person. */
            blockedReason: string | null;
            /**
             * Format: int64
             * @description How many comments it has.
             */
            commentCount: number;
            /**
             * Format: date-time
             * @description When it was finished.
             */
            completedAt: string | null;
            /** @description What it has cost. */
            cost: components["schemas"]["Cost"];
            /**
             * Format: date-time
             * @description When it was made.
             */
            createdAt: string;
            /** @description Who made it. */
            createdBy: string;
            /** @description Tasks that must be done or cancelled first. */
            dependsOn: string[];
            /** @description What is to be done, as markdown. Reject reasons stand at its end. */
            description: string | null;
            /** @description The dream it belongs to. */
            dreamId: string | null;
            /**
             * @description The kind of the failure.
             * @enum {string|null}
             */
            errorClass: "transient" | "permanent" | "dependency" | "policy" | "timeout" | "unknown" | null;
            /** @description The worker's own code of the failure. */
            errorCode: string | null;
            /**
             * Format: date-time
             * @description When it is cancelled unless claimed.
             */
            expiresAt: string | null;
            /** @description Agents to try when the target is away. */
            fallback: string[];
            /** @description Paths and globs that a claim locks. */
            filesOwned: string[];
            /** @description The id. */
            id: string;
            /** @description Free words. */
            labels: string[];
            /** @description Who works on it until when. */
            lease: components["schemas"]["Lease"] | null;
            /** @description The model that worked on it. */
            model: string | null;
            /** @description Whether a person should look at it. */
            needsHuman: boolean;
            /** @description Where the work stands. */
            note: string | null;
            /**
             * @description How urgent.
             * @enum {string}
             */
            priority: "low" | "normal" | "high" | "urgent";
            /**
             * Format: uint8
             * @description Percent done, as its holder sees it.
             */
            progress: number | null;
            /** @description Where its content comes from. */
            provenance: components["schemas"]["Provenance"] | null;
            /**
             * Format: int64
             * @description How often it was sent back by a reviewer.
             */
            rejections: number;
            /** @description What it answers. */
            replyTo: string | null;
            /** @description Whether a reviewer has to approve it. */
            requiresReview: boolean;
            /** @description What came out, as markdown. */
            result: string | null;
            /** @description The last review. */
            review: components["schemas"]["Review"] | null;
            /** @description The sprint it belongs to. */
            sprintId: string | null;
            /**
             * Format: date-time
             * @description When it was last claimed.
             */
            startedAt: string | null;
            /**
             * @description The column.
             * @enum {string}
             */
            status: "todo" | "in_progress" | "blocked" | "in_review" | "done" | "failed" | "cancelled";
            /** @description The agent, group or `all` it is meant for. */
            target: string | null;
            /** @description The conversation it belongs to. */
            threadId: string | null;
            /** @description One line. */
            title: string;
            /** @description Its type: task, question, or any other word. */
            type: string;
            /**
             * Format: date-time
             * @description When it last changed.
             */
            updatedAt: string;
            /**
             * Format: int64
             * @description Grows with every change; see `version` of update_task.
             */
            version: number;
            /** @description What was odd about it when it was made or changed. */
            warnings: string[];
            /**
             * Format: int64
             * @description Its wave in the sprint.
             */
            wave: number | null;
        };
        /** @description One task. */
        TaskOutput: {
            /** @description The task. */
            task: components["schemas"]["Task"];
        };
        /**
         * @description Change the board's settings.
         *
         *     Fields left out keep their value; they hold from the next call on.
         */
        UpdateSettings: {
            /**
             * @description How long a lease lasts unless the claim says otherwise.
             * @default null
             */
            leaseSeconds?: number | null;
            /**
             * @description After this many attempts a task is flagged for a person.
             * @default null
             */
            maxAttempts?: number | null;
            /**
             * @description After this many releases a task is flagged for a person.
             * @default null
             */
            maxReleases?: number | null;
            /**
             * Format: double
             * @description US dollars a calendar month (UTC) after which no task can be claimed; null: no limit.
             * @default null
             */
            monthlyBudgetUsd?: number | null;
            /**
             * @description Whether all writes but the person's are refused.
             * @default null
             */
            paused?: boolean | null;
            /**
             * @description The name shown on the board.
             * @default null
             */
            projectName?: string | null;
            /**
             * @description Reads a minute per key and agent.
             * @default null
             */
            readsPerMinute?: number | null;
            /**
             * @description Whether a new task needs a review unless it says otherwise.
             * @default null
             */
            requiresReview?: boolean | null;
            /**
             * @description Writes a minute per key and agent.
             * @default null
             */
            writesPerMinute?: number | null;
        };
        /**
         * @description Change fields of a task, its status included.
         *
         *     Fields left out keep their value; null clears. To in_progress claims, to in_review or done completes, from in_review
         *     to todo rejects, to blocked waits; the last two need a `reason`. `version` refuses to overwrite somebody's change.
         */
        UpdateTask: {
            /**
             * @description When to take it up.
             * @default null
             * @enum {string|null}
             */
            action?: "interrupt" | "sprint" | "parallel" | "queue" | "backlog" | null;
            /**
             * @description Whose it is.
             * @default null
             */
            assignedTo?: string | null;
            /**
             * @description All dependencies.
             * @default null
             */
            dependsOn?: string[] | null;
            /**
             * @description The whole description.
             * @default null
             */
            description?: string | null;
            /**
             * @description All files.
             * @default null
             */
            filesOwned?: string[] | null;
            /**
             * @description All labels.
             * @default null
             */
            labels?: string[] | null;
            /**
             * @description Whether a person should look.
             * @default null
             */
            needsHuman?: boolean | null;
            /**
             * @description How urgent.
             * @default null
             * @enum {string|null}
             */
            priority?: "low" | "normal" | "high" | "urgent" | null;
            /**
             * @description Percent done.
             * @default null
             */
            progress?: number | null;
            /**
             * @description Why: required for a reject and a block.
             * @default null
             */
            reason?: string | null;
            /**
             * @description Whether it needs a review.
             * @default null
             */
            requiresReview?: boolean | null;
            /**
             * @description What came out.
             * @default null
             */
            result?: string | null;
            /**
             * @description The column.
             * @default null
             * @enum {string|null}
             */
            status?: "todo" | "in_progress" | "blocked" | "in_review" | "done" | "failed" | "cancelled" | null;
            /**
             * @description Who it is meant for.
             * @default null
             */
            target?: string | null;
            /** @description The task. */
            taskId: string;
            /**
             * @description One line.
             * @default null
             */
            title?: string | null;
            /**
             * @description Its type.
             * @default null
             */
            type?: string | null;
            /**
             * Format: int64
             * @description The version you read.
             * @default null
             */
            version?: number | null;
        };
        /** @description The changed task. */
        UpdateTaskOutput: {
            /** @description What came out differently from what was asked, in a sentence. */
            note: string | null;
            /** @description The task. */
            task: components["schemas"]["Task"];
        };
        /**
         * @description Wait until something happens: a task's status, free files, or an event.
         *
         *     Ends with the first of them and renews your leases meanwhile. If it ends with nothing, call it again with the
         *     `after` it gives you.
         */
        WaitFor: {
            /**
             * Format: int64
             * @description What came later counts (default: now).
             */
            after?: number | null;
            /** @description Its beginning, such as task. or chat.message. */
            eventType?: string | null;
            /** @description To become free. */
            paths?: string[] | null;
            /** @description Until it has `taskStatus`, or changes. */
            taskId?: string | null;
            /** @description Any of these statuses. */
            taskStatus?: ("todo" | "in_progress" | "blocked" | "in_review" | "done" | "failed" | "cancelled")[] | null;
            /** @description Default 0, advised 25. */
            waitSeconds?: number | null;
        };
        /** @description What happened. */
        WaitForOutput: {
            /**
             * Format: int64
             * @description The position to go on from.
             */
            after: number;
            /** @description Locks still in the way of the paths. */
            conflicts: components["schemas"]["Overlap"][];
            /** @description The events that were waited for. */
            events: components["schemas"]["Event"][];
            /** @description What to do now, when there was nothing. */
            next: string | null;
            /** @description Which of the conditions came true: taskStatus, paths, eventType; null: none in time. */
            reason: string | null;
            /** @description The watched task as it is. */
            task: components["schemas"]["Task"] | null;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    list_agents: {
        parameters: {
            query?: {
                role?: string | null;
            };
            header?: {
                /** @description The agent's name, when the key is shared. */
                "X-Agent"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["ListAgentsOutput"];
                        meta: components["schemas"]["Meta"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            /** @description VALIDATION_ERROR */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description UNAUTHENTICATED */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description FORBIDDEN, SOURCE_MISMATCH, HOST_NOT_ALLOWED, ORIGIN_NOT_ALLOWED */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description REQUEST_IN_PROGRESS */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description PAYLOAD_TOO_LARGE */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description UNSUPPORTED_MEDIA_TYPE */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description REQUEST_ID_REUSED */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description RATE_LIMITED */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description INTERNAL */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description OVERLOADED, READ_ONLY */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description DISK_FULL */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    get_briefing: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a retry safe: same key and body, one effect. */
                "Idempotency-Key"?: string;
                /** @description The agent's name, when the key is shared. */
                "X-Agent"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @description Your program, such as claude: a new name begins with it. */
                    client?: string | null;
                    /** @description coordinator, builder, reviewer, auditor or any word. */
                    role?: string | null;
                };
            };
        };
        responses: {
            /** @description Done. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["BriefingOutput"];
                        meta: components["schemas"]["Meta"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            /** @description VALIDATION_ERROR */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description UNAUTHENTICATED */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description FORBIDDEN, SOURCE_MISMATCH, HOST_NOT_ALLOWED, ORIGIN_NOT_ALLOWED */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description REQUEST_IN_PROGRESS */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description PAYLOAD_TOO_LARGE */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description UNSUPPORTED_MEDIA_TYPE */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description REQUEST_ID_REUSED */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description RATE_LIMITED */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description INTERNAL */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description OVERLOADED, READ_ONLY */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description DISK_FULL */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    list_chat_messages: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number | null;
                taskId?: string | null;
            };
            header?: {
                /** @description The agent's name, when the key is shared. */
                "X-Agent"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["ListChatOutput"];
                        meta: components["schemas"]["Meta"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            /** @description VALIDATION_ERROR */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description UNAUTHENTICATED */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description FORBIDDEN, SOURCE_MISMATCH, HOST_NOT_ALLOWED, ORIGIN_NOT_ALLOWED */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description REQUEST_IN_PROGRESS */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description PAYLOAD_TOO_LARGE */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description UNSUPPORTED_MEDIA_TYPE */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description REQUEST_ID_REUSED */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description RATE_LIMITED */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description INTERNAL */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description OVERLOADED, READ_ONLY */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description DISK_FULL */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    send_chat_message: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a retry safe: same key and body, one effect. */
                "Idempotency-Key"?: string;
                /** @description The agent's name, when the key is shared. */
                "X-Agent"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The message it answers. */
                    replyTo?: string | null;
                    /** @description The task it is about. */
                    taskId?: string | null;
                    /** @description Markdown. */
                    text: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["ChatOutput"];
                        meta: components["schemas"]["Meta"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            /** @description VALIDATION_ERROR */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description UNAUTHENTICATED */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description FORBIDDEN, SOURCE_MISMATCH, HOST_NOT_ALLOWED, ORIGIN_NOT_ALLOWED */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description REQUEST_IN_PROGRESS */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description PAYLOAD_TOO_LARGE */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description UNSUPPORTED_MEDIA_TYPE */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description REQUEST_ID_REUSED */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description RATE_LIMITED */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description INTERNAL */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description OVERLOADED, READ_ONLY */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description DISK_FULL */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    get_events: {
        parameters: {
            query?: {
                after?: number | null;
                limit?: number | null;
                types?: string[] | null;
            };
            header?: {
                /** @description The agent's name, when the key is shared. */
                "X-Agent"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["GetEventsOutput"];
                        meta: components["schemas"]["Meta"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            /** @description VALIDATION_ERROR */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description UNAUTHENTICATED */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description FORBIDDEN, SOURCE_MISMATCH, HOST_NOT_ALLOWED, ORIGIN_NOT_ALLOWED */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description REQUEST_IN_PROGRESS */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description PAYLOAD_TOO_LARGE */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description UNSUPPORTED_MEDIA_TYPE */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description REQUEST_ID_REUSED */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description RATE_LIMITED */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description INTERNAL */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description OVERLOADED, READ_ONLY */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description DISK_FULL */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    get_health_report: {
        parameters: {
            query?: never;
            header?: {
                /** @description The agent's name, when the key is shared. */
                "X-Agent"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["HealthOutput"];
                        meta: components["schemas"]["Meta"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            /** @description VALIDATION_ERROR */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description UNAUTHENTICATED */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description FORBIDDEN, SOURCE_MISMATCH, HOST_NOT_ALLOWED, ORIGIN_NOT_ALLOWED */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description REQUEST_IN_PROGRESS */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description PAYLOAD_TOO_LARGE */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description UNSUPPORTED_MEDIA_TYPE */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description REQUEST_ID_REUSED */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description RATE_LIMITED */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description INTERNAL */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description OVERLOADED, READ_ONLY */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description DISK_FULL */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    list_keys: {
        parameters: {
            query?: {
                includeRevoked?: boolean | null;
            };
            header?: {
                /** @description The agent's name, when the key is shared. */
                "X-Agent"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["ListKeysOutput"];
                        meta: components["schemas"]["Meta"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            /** @description VALIDATION_ERROR */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description UNAUTHENTICATED */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description FORBIDDEN, SOURCE_MISMATCH, HOST_NOT_ALLOWED, ORIGIN_NOT_ALLOWED */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description REQUEST_IN_PROGRESS */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description PAYLOAD_TOO_LARGE */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description UNSUPPORTED_MEDIA_TYPE */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description REQUEST_ID_REUSED */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description RATE_LIMITED */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description INTERNAL */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description OVERLOADED, READ_ONLY */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description DISK_FULL */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    create_key: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a retry safe: same key and body, one effect. */
                "Idempotency-Key"?: string;
                /** @description The agent's name, when the key is shared. */
                "X-Agent"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /**
                     * Format: date-time
                     * @description When it stops working.
                     */
                    expiresAt?: string | null;
                    /** @description The agent it is bound to; none: any agent of the project. */
                    forAgent?: string | null;
                    /**
                     * @description Default custom.
                     * @enum {string|null}
                     */
                    kind?: "person" | "project" | "board" | "bridge" | "custom" | null;
                    /** @description What you call it. */
                    label?: string | null;
                    /** @description That agent's role: coordinator, builder, reviewer, auditor, or any other word. */
                    role?: string | null;
                    /** @description The highest scope: read, work, plan, approve, admin (default plan; each includes those before). */
                    scopes?: ("read" | "work" | "plan" | "approve" | "admin")[] | null;
                };
            };
        };
        responses: {
            /** @description Done. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["CreateKeyOutput"];
                        meta: components["schemas"]["Meta"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            /** @description VALIDATION_ERROR */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description UNAUTHENTICATED */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description FORBIDDEN, SOURCE_MISMATCH, HOST_NOT_ALLOWED, ORIGIN_NOT_ALLOWED */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description REQUEST_IN_PROGRESS */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description PAYLOAD_TOO_LARGE */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description UNSUPPORTED_MEDIA_TYPE */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description REQUEST_ID_REUSED */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description RATE_LIMITED */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description INTERNAL */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description OVERLOADED, READ_ONLY */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description DISK_FULL */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    revoke_key: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a retry safe: same key and body, one effect. */
                "Idempotency-Key"?: string;
                /** @description The agent's name, when the key is shared. */
                "X-Agent"?: string;
            };
            path: {
                keyId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["KeyOutput"];
                        meta: components["schemas"]["Meta"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            /** @description VALIDATION_ERROR */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description UNAUTHENTICATED */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description FORBIDDEN, SOURCE_MISMATCH, HOST_NOT_ALLOWED, ORIGIN_NOT_ALLOWED */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description REQUEST_IN_PROGRESS */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description PAYLOAD_TOO_LARGE */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description UNSUPPORTED_MEDIA_TYPE */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description REQUEST_ID_REUSED */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description RATE_LIMITED */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description INTERNAL */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description OVERLOADED, READ_ONLY */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description DISK_FULL */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    get_knowledge: {
        parameters: {
            query?: {
                cursor?: string | null;
                key?: string | null;
                kind?: "note" | "decision" | "pattern" | "convention" | null;
                limit?: number | null;
                query?: string | null;
                tag?: string | null;
            };
            header?: {
                /** @description The agent's name, when the key is shared. */
                "X-Agent"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["GetKnowledgeOutput"];
                        meta: components["schemas"]["Meta"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            /** @description VALIDATION_ERROR */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description UNAUTHENTICATED */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description FORBIDDEN, SOURCE_MISMATCH, HOST_NOT_ALLOWED, ORIGIN_NOT_ALLOWED */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description REQUEST_IN_PROGRESS */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description PAYLOAD_TOO_LARGE */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description UNSUPPORTED_MEDIA_TYPE */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description REQUEST_ID_REUSED */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description RATE_LIMITED */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description INTERNAL */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description OVERLOADED, READ_ONLY */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description DISK_FULL */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    save_knowledge: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a retry safe: same key and body, one effect. */
                "Idempotency-Key"?: string;
                /** @description The agent's name, when the key is shared. */
                "X-Agent"?: string;
            };
            path: {
                key: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @description Default: as it was, at first note.
                     * @enum {string|null}
                     */
                    kind?: "note" | "decision" | "pattern" | "convention" | null;
                    /** @description Default: as they were. */
                    tags?: string[] | null;
                    /** @description Markdown. */
                    text: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["KnowledgeOutput"];
                        meta: components["schemas"]["Meta"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            /** @description VALIDATION_ERROR */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description UNAUTHENTICATED */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description FORBIDDEN, SOURCE_MISMATCH, HOST_NOT_ALLOWED, ORIGIN_NOT_ALLOWED */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description REQUEST_IN_PROGRESS */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description PAYLOAD_TOO_LARGE */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description UNSUPPORTED_MEDIA_TYPE */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description REQUEST_ID_REUSED */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description RATE_LIMITED */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description INTERNAL */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description OVERLOADED, READ_ONLY */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description DISK_FULL */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    delete_knowledge: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a retry safe: same key and body, one effect. */
                "Idempotency-Key"?: string;
                /** @description The agent's name, when the key is shared. */
                "X-Agent"?: string;
            };
            path: {
                key: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["KnowledgeOutput"];
                        meta: components["schemas"]["Meta"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            /** @description VALIDATION_ERROR */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description UNAUTHENTICATED */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description FORBIDDEN, SOURCE_MISMATCH, HOST_NOT_ALLOWED, ORIGIN_NOT_ALLOWED */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description REQUEST_IN_PROGRESS */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description PAYLOAD_TOO_LARGE */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description UNSUPPORTED_MEDIA_TYPE */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description REQUEST_ID_REUSED */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description RATE_LIMITED */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description INTERNAL */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description OVERLOADED, READ_ONLY */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description DISK_FULL */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    list_locks: {
        parameters: {
            query?: {
                holder?: string | null;
                path?: string | null;
            };
            header?: {
                /** @description The agent's name, when the key is shared. */
                "X-Agent"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["LocksOutput"];
                        meta: components["schemas"]["Meta"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            /** @description VALIDATION_ERROR */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description UNAUTHENTICATED */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description FORBIDDEN, SOURCE_MISMATCH, HOST_NOT_ALLOWED, ORIGIN_NOT_ALLOWED */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description REQUEST_IN_PROGRESS */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description PAYLOAD_TOO_LARGE */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description UNSUPPORTED_MEDIA_TYPE */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description REQUEST_ID_REUSED */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description RATE_LIMITED */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description INTERNAL */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description OVERLOADED, READ_ONLY */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description DISK_FULL */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    acquire_locks: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a retry safe: same key and body, one effect. */
                "Idempotency-Key"?: string;
                /** @description The agent's name, when the key is shared. */
                "X-Agent"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @description Default exclusive.
                     * @enum {string|null}
                     */
                    mode?: "exclusive" | "shared" | null;
                    /** @description Such as src/api/**. */
                    paths: string[];
                    /** @description Why, for who has to wait. */
                    reason?: string | null;
                    /** @description Default 600. */
                    ttlSeconds?: number | null;
                    /** @description Default 0, advised 25. */
                    waitSeconds?: number | null;
                };
            };
        };
        responses: {
            /** @description Done. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["AcquireLocksOutput"];
                        meta: components["schemas"]["Meta"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            /** @description VALIDATION_ERROR */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description UNAUTHENTICATED */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description FORBIDDEN, SOURCE_MISMATCH, HOST_NOT_ALLOWED, ORIGIN_NOT_ALLOWED */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description REQUEST_IN_PROGRESS, FILES_LOCKED */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description PAYLOAD_TOO_LARGE */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description UNSUPPORTED_MEDIA_TYPE */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description REQUEST_ID_REUSED */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description RATE_LIMITED */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description INTERNAL */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description OVERLOADED, READ_ONLY */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description DISK_FULL */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    release_locks: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a retry safe: same key and body, one effect. */
                "Idempotency-Key"?: string;
                /** @description The agent's name, when the key is shared. */
                "X-Agent"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /**
                     * Format: int64
                     * @description Those taken with this fence.
                     */
                    fence?: number | null;
                    /** @description Those on these paths. */
                    paths?: string[] | null;
                };
            };
        };
        responses: {
            /** @description Done. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["LocksOutput"];
                        meta: components["schemas"]["Meta"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            /** @description VALIDATION_ERROR */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description UNAUTHENTICATED */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description FORBIDDEN, SOURCE_MISMATCH, HOST_NOT_ALLOWED, ORIGIN_NOT_ALLOWED */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description REQUEST_IN_PROGRESS, LEASE_LOST */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description PAYLOAD_TOO_LARGE */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description UNSUPPORTED_MEDIA_TYPE */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description REQUEST_ID_REUSED */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description RATE_LIMITED */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description INTERNAL */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description OVERLOADED, READ_ONLY */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description DISK_FULL */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    renew_locks: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a retry safe: same key and body, one effect. */
                "Idempotency-Key"?: string;
                /** @description The agent's name, when the key is shared. */
                "X-Agent"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /**
                     * Format: int64
                     * @description Those taken with this fence.
                     */
                    fence?: number | null;
                    /** @description Those on these paths. */
                    paths?: string[] | null;
                    /** @description How long from now (default 600). */
                    ttlSeconds?: number | null;
                };
            };
        };
        responses: {
            /** @description Done. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["LocksOutput"];
                        meta: components["schemas"]["Meta"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            /** @description VALIDATION_ERROR */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description UNAUTHENTICATED */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description FORBIDDEN, SOURCE_MISMATCH, HOST_NOT_ALLOWED, ORIGIN_NOT_ALLOWED */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description REQUEST_IN_PROGRESS, LEASE_LOST */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description PAYLOAD_TOO_LARGE */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description UNSUPPORTED_MEDIA_TYPE */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description REQUEST_ID_REUSED */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description RATE_LIMITED */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description INTERNAL */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description OVERLOADED, READ_ONLY */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description DISK_FULL */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    publish_project_event: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a retry safe: same key and body, one effect. */
                "Idempotency-Key"?: string;
                /** @description The agent's name, when the key is shared. */
                "X-Agent"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description A name such as swarm.started. */
                    name: string;
                    /** @description Facts. */
                    payload?: {
                        [key: string]: unknown;
                    } | null;
                };
            };
        };
        responses: {
            /** @description Done. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["PublishOutput"];
                        meta: components["schemas"]["Meta"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            /** @description VALIDATION_ERROR */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description UNAUTHENTICATED */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description FORBIDDEN, SOURCE_MISMATCH, HOST_NOT_ALLOWED, ORIGIN_NOT_ALLOWED */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description REQUEST_IN_PROGRESS */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description PAYLOAD_TOO_LARGE */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description UNSUPPORTED_MEDIA_TYPE */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description REQUEST_ID_REUSED */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description RATE_LIMITED */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description INTERNAL */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description OVERLOADED, READ_ONLY */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description DISK_FULL */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    get_settings: {
        parameters: {
            query?: never;
            header?: {
                /** @description The agent's name, when the key is shared. */
                "X-Agent"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["SettingsOutput"];
                        meta: components["schemas"]["Meta"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            /** @description VALIDATION_ERROR */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description UNAUTHENTICATED */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description FORBIDDEN, SOURCE_MISMATCH, HOST_NOT_ALLOWED, ORIGIN_NOT_ALLOWED */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description REQUEST_IN_PROGRESS */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description PAYLOAD_TOO_LARGE */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description UNSUPPORTED_MEDIA_TYPE */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description REQUEST_ID_REUSED */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description RATE_LIMITED */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description INTERNAL */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description OVERLOADED, READ_ONLY */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description DISK_FULL */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    update_settings: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a retry safe: same key and body, one effect. */
                "Idempotency-Key"?: string;
                /** @description The agent's name, when the key is shared. */
                "X-Agent"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /**
                     * @description How long a lease lasts unless the claim says otherwise.
                     * @default null
                     */
                    leaseSeconds?: number | null;
                    /**
                     * @description After this many attempts a task is flagged for a person.
                     * @default null
                     */
                    maxAttempts?: number | null;
                    /**
                     * @description After this many releases a task is flagged for a person.
                     * @default null
                     */
                    maxReleases?: number | null;
                    /**
                     * Format: double
                     * @description US dollars a calendar month (UTC) after which no task can be claimed; null: no limit.
                     * @default null
                     */
                    monthlyBudgetUsd?: number | null;
                    /**
                     * @description Whether all writes but the person's are refused.
                     * @default null
                     */
                    paused?: boolean | null;
                    /**
                     * @description The name shown on the board.
                     * @default null
                     */
                    projectName?: string | null;
                    /**
                     * @description Reads a minute per key and agent.
                     * @default null
                     */
                    readsPerMinute?: number | null;
                    /**
                     * @description Whether a new task needs a review unless it says otherwise.
                     * @default null
                     */
                    requiresReview?: boolean | null;
                    /**
                     * @description Writes a minute per key and agent.
                     * @default null
                     */
                    writesPerMinute?: number | null;
                };
            };
        };
        responses: {
            /** @description Done. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["SettingsOutput"];
                        meta: components["schemas"]["Meta"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            /** @description VALIDATION_ERROR */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description UNAUTHENTICATED */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description FORBIDDEN, SOURCE_MISMATCH, HOST_NOT_ALLOWED, ORIGIN_NOT_ALLOWED */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description REQUEST_IN_PROGRESS */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description PAYLOAD_TOO_LARGE */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description UNSUPPORTED_MEDIA_TYPE */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description REQUEST_ID_REUSED */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description RATE_LIMITED */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description INTERNAL */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description OVERLOADED, READ_ONLY */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description DISK_FULL */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    list_tasks: {
        parameters: {
            query?: {
                assignedTo?: string | null;
                cursor?: string | null;
                include?: "description"[] | null;
                label?: string | null;
                limit?: number | null;
                priority?: "low" | "normal" | "high" | "urgent" | null;
                sprintId?: string | null;
                status?: ("todo" | "in_progress" | "blocked" | "in_review" | "done" | "failed" | "cancelled")[] | null;
                target?: string | null;
                text?: string | null;
                type?: string | null;
                updatedSince?: string | null;
            };
            header?: {
                /** @description The agent's name, when the key is shared. */
                "X-Agent"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["ListTasksOutput"];
                        meta: components["schemas"]["Meta"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            /** @description VALIDATION_ERROR */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description UNAUTHENTICATED */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description FORBIDDEN, SOURCE_MISMATCH, HOST_NOT_ALLOWED, ORIGIN_NOT_ALLOWED */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description REQUEST_IN_PROGRESS */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description PAYLOAD_TOO_LARGE */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description UNSUPPORTED_MEDIA_TYPE */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description REQUEST_ID_REUSED */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description RATE_LIMITED */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description INTERNAL */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description OVERLOADED, READ_ONLY */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description DISK_FULL */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    create_task: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a retry safe: same key and body, one effect. */
                "Idempotency-Key"?: string;
                /** @description The agent's name, when the key is shared. */
                "X-Agent"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @description When to take it up.
                     * @enum {string|null}
                     */
                    action?: "interrupt" | "sprint" | "parallel" | "queue" | "backlog" | null;
                    /** @description Creates it even if the same is there. */
                    allowDuplicate?: boolean | null;
                    /** @description Left out: whoever claims it. */
                    assignedTo?: string | null;
                    /** @description Tasks that must be done first. */
                    dependsOn?: string[] | null;
                    /** @description All that is needed to do it (markdown). */
                    description?: string | null;
                    /** @description Agents to try instead. */
                    fallback?: string[] | null;
                    /** @description Paths or globs that its claim locks. */
                    filesOwned?: string[] | null;
                    /** @description Free words to filter by. */
                    labels?: string[] | null;
                    /**
                     * @description Default normal.
                     * @enum {string|null}
                     */
                    priority?: "low" | "normal" | "high" | "urgent" | null;
                    /** @description Where its content comes from. */
                    provenance?: components["schemas"]["ProvenanceInput"] | null;
                    /** @description What it answers. */
                    replyTo?: string | null;
                    /** @description Default: the board's setting. */
                    requiresReview?: boolean | null;
                    /** @description An agent, a role or `all`. */
                    target?: string | null;
                    /** @description The conversation it belongs to. */
                    threadId?: string | null;
                    /** @description What is to be done, in one line. */
                    title: string;
                    /** @description Cancels it if unclaimed by then. */
                    ttlSeconds?: number | null;
                    /** @description task (default), question, any word. */
                    type?: string | null;
                };
            };
        };
        responses: {
            /** @description Done. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["CreateTaskOutput"];
                        meta: components["schemas"]["Meta"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            /** @description VALIDATION_ERROR */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description UNAUTHENTICATED */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description FORBIDDEN, SOURCE_MISMATCH, HOST_NOT_ALLOWED, ORIGIN_NOT_ALLOWED */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description REQUEST_IN_PROGRESS */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description PAYLOAD_TOO_LARGE */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description UNSUPPORTED_MEDIA_TYPE */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description REQUEST_ID_REUSED */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description RATE_LIMITED */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description INTERNAL */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description OVERLOADED, READ_ONLY */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description DISK_FULL */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    bulk_update_tasks: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a retry safe: same key and body, one effect. */
                "Idempotency-Key"?: string;
                /** @description The agent's name, when the key is shared. */
                "X-Agent"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The updates, each with `taskId` and the fields of update_task. */
                    updates: {
                        [key: string]: unknown;
                    }[];
                };
            };
        };
        responses: {
            /** @description Done. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["BulkOutput"];
                        meta: components["schemas"]["Meta"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            /** @description VALIDATION_ERROR */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description UNAUTHENTICATED */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description FORBIDDEN, SOURCE_MISMATCH, HOST_NOT_ALLOWED, ORIGIN_NOT_ALLOWED */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description REQUEST_IN_PROGRESS */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description PAYLOAD_TOO_LARGE */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description UNSUPPORTED_MEDIA_TYPE */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description REQUEST_ID_REUSED */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description RATE_LIMITED */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description INTERNAL */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description OVERLOADED, READ_ONLY */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description DISK_FULL */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    get_task: {
        parameters: {
            query?: {
                include?: ("comments" | "history" | "attempts")[] | null;
            };
            header?: {
                /** @description The agent's name, when the key is shared. */
                "X-Agent"?: string;
            };
            path: {
                taskId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["GetTaskOutput"];
                        meta: components["schemas"]["Meta"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            /** @description VALIDATION_ERROR */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description UNAUTHENTICATED */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description FORBIDDEN, SOURCE_MISMATCH, HOST_NOT_ALLOWED, ORIGIN_NOT_ALLOWED */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description REQUEST_IN_PROGRESS */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description PAYLOAD_TOO_LARGE */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description UNSUPPORTED_MEDIA_TYPE */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description REQUEST_ID_REUSED */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description RATE_LIMITED */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description INTERNAL */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description OVERLOADED, READ_ONLY */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description DISK_FULL */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    delete_task: {
        parameters: {
            query?: {
                force?: boolean | null;
            };
            header?: {
                /** @description Makes a retry safe: same key and body, one effect. */
                "Idempotency-Key"?: string;
                /** @description The agent's name, when the key is shared. */
                "X-Agent"?: string;
            };
            path: {
                taskId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["TaskOutput"];
                        meta: components["schemas"]["Meta"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            /** @description VALIDATION_ERROR */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description UNAUTHENTICATED */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description FORBIDDEN, SOURCE_MISMATCH, HOST_NOT_ALLOWED, ORIGIN_NOT_ALLOWED */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description REQUEST_IN_PROGRESS, CONFLICT */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description PAYLOAD_TOO_LARGE */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description UNSUPPORTED_MEDIA_TYPE */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description REQUEST_ID_REUSED */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description RATE_LIMITED */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description INTERNAL */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description OVERLOADED, READ_ONLY */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description DISK_FULL */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    update_task: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a retry safe: same key and body, one effect. */
                "Idempotency-Key"?: string;
                /** @description The agent's name, when the key is shared. */
                "X-Agent"?: string;
            };
            path: {
                taskId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /**
                     * @description When to take it up.
                     * @default null
                     * @enum {string|null}
                     */
                    action?: "interrupt" | "sprint" | "parallel" | "queue" | "backlog" | null;
                    /**
                     * @description Whose it is.
                     * @default null
                     */
                    assignedTo?: string | null;
                    /**
                     * @description All dependencies.
                     * @default null
                     */
                    dependsOn?: string[] | null;
                    /**
                     * @description The whole description.
                     * @default null
                     */
                    description?: string | null;
                    /**
                     * @description All files.
                     * @default null
                     */
                    filesOwned?: string[] | null;
                    /**
                     * @description All labels.
                     * @default null
                     */
                    labels?: string[] | null;
                    /**
                     * @description Whether a person should look.
                     * @default null
                     */
                    needsHuman?: boolean | null;
                    /**
                     * @description How urgent.
                     * @default null
                     * @enum {string|null}
                     */
                    priority?: "low" | "normal" | "high" | "urgent" | null;
                    /**
                     * @description Percent done.
                     * @default null
                     */
                    progress?: number | null;
                    /**
                     * @description Why: required for a reject and a block.
                     * @default null
                     */
                    reason?: string | null;
                    /**
                     * @description Whether it needs a review.
                     * @default null
                     */
                    requiresReview?: boolean | null;
                    /**
                     * @description What came out.
                     * @default null
                     */
                    result?: string | null;
                    /**
                     * @description The column.
                     * @default null
                     * @enum {string|null}
                     */
                    status?: "todo" | "in_progress" | "blocked" | "in_review" | "done" | "failed" | "cancelled" | null;
                    /**
                     * @description Who it is meant for.
                     * @default null
                     */
                    target?: string | null;
                    /**
                     * @description One line.
                     * @default null
                     */
                    title?: string | null;
                    /**
                     * @description Its type.
                     * @default null
                     */
                    type?: string | null;
                    /**
                     * Format: int64
                     * @description The version you read.
                     * @default null
                     */
                    version?: number | null;
                };
            };
        };
        responses: {
            /** @description Done. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["UpdateTaskOutput"];
                        meta: components["schemas"]["Meta"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            /** @description VALIDATION_ERROR */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description UNAUTHENTICATED */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description BUDGET_EXCEEDED */
            402: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description FORBIDDEN, SOURCE_MISMATCH, HOST_NOT_ALLOWED, ORIGIN_NOT_ALLOWED */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description REQUEST_IN_PROGRESS, INVALID_TRANSITION, TASK_NOT_CLAIMABLE, FILES_LOCKED, LEASE_LOST, CONFLICT */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description VERSION_MISMATCH */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description PAYLOAD_TOO_LARGE */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description UNSUPPORTED_MEDIA_TYPE */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description REQUEST_ID_REUSED, DEPENDENCY_CYCLE */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description RATE_LIMITED */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description INTERNAL */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description OVERLOADED, READ_ONLY */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description DISK_FULL */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    claim_task: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a retry safe: same key and body, one effect. */
                "Idempotency-Key"?: string;
                /** @description The agent's name, when the key is shared. */
                "X-Agent"?: string;
            };
            path: {
                taskId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @description Default: the board's, 600. */
                    leaseSeconds?: number | null;
                };
            };
        };
        responses: {
            /** @description Done. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["ClaimOutput"];
                        meta: components["schemas"]["Meta"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            /** @description VALIDATION_ERROR */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description UNAUTHENTICATED */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description BUDGET_EXCEEDED */
            402: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description FORBIDDEN, SOURCE_MISMATCH, HOST_NOT_ALLOWED, ORIGIN_NOT_ALLOWED */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description REQUEST_IN_PROGRESS, TASK_NOT_CLAIMABLE, FILES_LOCKED */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description PAYLOAD_TOO_LARGE */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description UNSUPPORTED_MEDIA_TYPE */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description REQUEST_ID_REUSED */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description RATE_LIMITED */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description INTERNAL */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description OVERLOADED, READ_ONLY */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description DISK_FULL */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    comment_on_task: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a retry safe: same key and body, one effect. */
                "Idempotency-Key"?: string;
                /** @description The agent's name, when the key is shared. */
                "X-Agent"?: string;
            };
            path: {
                taskId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Markdown. */
                    text: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["CommentOutput"];
                        meta: components["schemas"]["Meta"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            /** @description VALIDATION_ERROR */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description UNAUTHENTICATED */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description FORBIDDEN, SOURCE_MISMATCH, HOST_NOT_ALLOWED, ORIGIN_NOT_ALLOWED */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description REQUEST_IN_PROGRESS */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description PAYLOAD_TOO_LARGE */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description UNSUPPORTED_MEDIA_TYPE */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description REQUEST_ID_REUSED */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description RATE_LIMITED */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description INTERNAL */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description OVERLOADED, READ_ONLY */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description DISK_FULL */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    complete_task: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a retry safe: same key and body, one effect. */
                "Idempotency-Key"?: string;
                /** @description The agent's name, when the key is shared. */
                "X-Agent"?: string;
            };
            path: {
                taskId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @description Total of this attempt. */
                    cost?: components["schemas"]["CostInput"] | null;
                    /**
                     * @description The kind of the failure.
                     * @enum {string|null}
                     */
                    errorClass?: "transient" | "permanent" | "dependency" | "policy" | "timeout" | "unknown" | null;
                    /** @description Your code of the failure. */
                    errorCode?: string | null;
                    /**
                     * Format: int64
                     * @description Instead of your name.
                     */
                    fence?: number | null;
                    /** @description The model you are. */
                    model?: string | null;
                    /**
                     * @description Default success.
                     * @enum {string|null}
                     */
                    outcome?: "success" | "failed" | "skipped" | "cancelled" | null;
                    /** @description What you did (markdown). */
                    result?: string | null;
                };
            };
        };
        responses: {
            /** @description Done. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["TaskOutput"];
                        meta: components["schemas"]["Meta"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            /** @description VALIDATION_ERROR */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description UNAUTHENTICATED */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description FORBIDDEN, SOURCE_MISMATCH, HOST_NOT_ALLOWED, ORIGIN_NOT_ALLOWED */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description REQUEST_IN_PROGRESS, LEASE_LOST, CONFLICT */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description PAYLOAD_TOO_LARGE */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description UNSUPPORTED_MEDIA_TYPE */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description REQUEST_ID_REUSED */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description RATE_LIMITED */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description INTERNAL */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description OVERLOADED, READ_ONLY */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description DISK_FULL */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    explain_task: {
        parameters: {
            query?: never;
            header?: {
                /** @description The agent's name, when the key is shared. */
                "X-Agent"?: string;
            };
            path: {
                taskId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["ExplainOutput"];
                        meta: components["schemas"]["Meta"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            /** @description VALIDATION_ERROR */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description UNAUTHENTICATED */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description FORBIDDEN, SOURCE_MISMATCH, HOST_NOT_ALLOWED, ORIGIN_NOT_ALLOWED */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description REQUEST_IN_PROGRESS */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description PAYLOAD_TOO_LARGE */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description UNSUPPORTED_MEDIA_TYPE */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description REQUEST_ID_REUSED */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description RATE_LIMITED */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description INTERNAL */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description OVERLOADED, READ_ONLY */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description DISK_FULL */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    heartbeat_task: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a retry safe: same key and body, one effect. */
                "Idempotency-Key"?: string;
                /** @description The agent's name, when the key is shared. */
                "X-Agent"?: string;
            };
            path: {
                taskId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @description Total of this attempt so far. */
                    cost?: components["schemas"]["CostInput"] | null;
                    /**
                     * Format: int64
                     * @description Instead of your name.
                     */
                    fence?: number | null;
                    /** @description A new length for the lease. */
                    leaseSeconds?: number | null;
                    /** @description Where the work stands. */
                    note?: string | null;
                    /** @description Percent done. */
                    progress?: number | null;
                };
            };
        };
        responses: {
            /** @description Done. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["TaskOutput"];
                        meta: components["schemas"]["Meta"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            /** @description VALIDATION_ERROR */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description UNAUTHENTICATED */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description FORBIDDEN, SOURCE_MISMATCH, HOST_NOT_ALLOWED, ORIGIN_NOT_ALLOWED */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description REQUEST_IN_PROGRESS, LEASE_LOST, CONFLICT */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description PAYLOAD_TOO_LARGE */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description UNSUPPORTED_MEDIA_TYPE */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description REQUEST_ID_REUSED */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description RATE_LIMITED */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description INTERNAL */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description OVERLOADED, READ_ONLY */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description DISK_FULL */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    release_task: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a retry safe: same key and body, one effect. */
                "Idempotency-Key"?: string;
                /** @description The agent's name, when the key is shared. */
                "X-Agent"?: string;
            };
            path: {
                taskId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /**
                     * Format: int64
                     * @description Instead of your name.
                     */
                    fence?: number | null;
                    /** @description Why, for whoever takes it next. */
                    reason?: string | null;
                };
            };
        };
        responses: {
            /** @description Done. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["TaskOutput"];
                        meta: components["schemas"]["Meta"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            /** @description VALIDATION_ERROR */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description UNAUTHENTICATED */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description FORBIDDEN, SOURCE_MISMATCH, HOST_NOT_ALLOWED, ORIGIN_NOT_ALLOWED */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description REQUEST_IN_PROGRESS, LEASE_LOST, CONFLICT */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description PAYLOAD_TOO_LARGE */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description UNSUPPORTED_MEDIA_TYPE */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description REQUEST_ID_REUSED */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description RATE_LIMITED */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description INTERNAL */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description OVERLOADED, READ_ONLY */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description DISK_FULL */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    restore_task: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a retry safe: same key and body, one effect. */
                "Idempotency-Key"?: string;
                /** @description The agent's name, when the key is shared. */
                "X-Agent"?: string;
            };
            path: {
                taskId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description Done. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["TaskOutput"];
                        meta: components["schemas"]["Meta"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            /** @description VALIDATION_ERROR */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description UNAUTHENTICATED */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description FORBIDDEN, SOURCE_MISMATCH, HOST_NOT_ALLOWED, ORIGIN_NOT_ALLOWED */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description REQUEST_IN_PROGRESS, CONFLICT */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description PAYLOAD_TOO_LARGE */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description UNSUPPORTED_MEDIA_TYPE */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description REQUEST_ID_REUSED */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description RATE_LIMITED */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description INTERNAL */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description OVERLOADED, READ_ONLY */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description DISK_FULL */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    review_task: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a retry safe: same key and body, one effect. */
                "Idempotency-Key"?: string;
                /** @description The agent's name, when the key is shared. */
                "X-Agent"?: string;
            };
            path: {
                taskId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Required for a reject. */
                    reason?: string | null;
                    /**
                     * @description The decision.
                     * @enum {string}
                     */
                    verdict: "approve" | "reject";
                    /**
                     * Format: int64
                     * @description The version you read.
                     */
                    version?: number | null;
                };
            };
        };
        responses: {
            /** @description Done. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["TaskOutput"];
                        meta: components["schemas"]["Meta"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            /** @description VALIDATION_ERROR */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description UNAUTHENTICATED */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description FORBIDDEN, SOURCE_MISMATCH, HOST_NOT_ALLOWED, ORIGIN_NOT_ALLOWED */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description REQUEST_IN_PROGRESS, INVALID_TRANSITION */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description VERSION_MISMATCH */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description PAYLOAD_TOO_LARGE */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description UNSUPPORTED_MEDIA_TYPE */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description REQUEST_ID_REUSED */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description RATE_LIMITED */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description INTERNAL */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description OVERLOADED, READ_ONLY */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description DISK_FULL */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    cancel_stale_tasks: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a retry safe: same key and body, one effect. */
                "Idempotency-Key"?: string;
                /** @description The agent's name, when the key is shared. */
                "X-Agent"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @description Default 0: all. */
                    olderThanSeconds?: number | null;
                    /** @description Why, for the history. */
                    reason?: string | null;
                };
            };
        };
        responses: {
            /** @description Done. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["CancelStaleOutput"];
                        meta: components["schemas"]["Meta"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            /** @description VALIDATION_ERROR */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description UNAUTHENTICATED */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description FORBIDDEN, SOURCE_MISMATCH, HOST_NOT_ALLOWED, ORIGIN_NOT_ALLOWED */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description REQUEST_IN_PROGRESS */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description PAYLOAD_TOO_LARGE */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description UNSUPPORTED_MEDIA_TYPE */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description REQUEST_ID_REUSED */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description RATE_LIMITED */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description INTERNAL */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description OVERLOADED, READ_ONLY */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description DISK_FULL */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    claim_next_task: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a retry safe: same key and body, one effect. */
                "Idempotency-Key"?: string;
                /** @description The agent's name, when the key is shared. */
                "X-Agent"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @description Default: the board's, 600. */
                    leaseSeconds?: number | null;
                    /** @description Default 0, advised 25. */
                    waitSeconds?: number | null;
                };
            };
        };
        responses: {
            /** @description Done. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["ClaimNextOutput"];
                        meta: components["schemas"]["Meta"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            /** @description VALIDATION_ERROR */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description UNAUTHENTICATED */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description BUDGET_EXCEEDED */
            402: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description FORBIDDEN, SOURCE_MISMATCH, HOST_NOT_ALLOWED, ORIGIN_NOT_ALLOWED */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description REQUEST_IN_PROGRESS */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description PAYLOAD_TOO_LARGE */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description UNSUPPORTED_MEDIA_TYPE */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description REQUEST_ID_REUSED */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description RATE_LIMITED */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description INTERNAL */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description OVERLOADED, READ_ONLY */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description DISK_FULL */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    wait_for: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a retry safe: same key and body, one effect. */
                "Idempotency-Key"?: string;
                /** @description The agent's name, when the key is shared. */
                "X-Agent"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /**
                     * Format: int64
                     * @description What came later counts (default: now).
                     */
                    after?: number | null;
                    /** @description Its beginning, such as task. or chat.message. */
                    eventType?: string | null;
                    /** @description To become free. */
                    paths?: string[] | null;
                    /** @description Until it has `taskStatus`, or changes. */
                    taskId?: string | null;
                    /** @description Any of these statuses. */
                    taskStatus?: ("todo" | "in_progress" | "blocked" | "in_review" | "done" | "failed" | "cancelled")[] | null;
                    /** @description Default 0, advised 25. */
                    waitSeconds?: number | null;
                };
            };
        };
        responses: {
            /** @description Done. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["WaitForOutput"];
                        meta: components["schemas"]["Meta"];
                        /** @constant */
                        success: true;
                    };
                };
            };
            /** @description VALIDATION_ERROR */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description UNAUTHENTICATED */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description FORBIDDEN, SOURCE_MISMATCH, HOST_NOT_ALLOWED, ORIGIN_NOT_ALLOWED */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description REQUEST_IN_PROGRESS */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description PAYLOAD_TOO_LARGE */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description UNSUPPORTED_MEDIA_TYPE */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description REQUEST_ID_REUSED */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description RATE_LIMITED */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description INTERNAL */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description OVERLOADED, READ_ONLY */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description DISK_FULL */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
}
